"""All benchmarks one after another, and the tests of what only this device can show.

python -m benchmarks --out FOLDER [--parts tests training ...] [--device cuda] [--data FOLDER]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

MINUTES = 12  # of one part, at the most
TRAINING = ["benchmarks.training", "--seconds", "3"]
# The words of each part, and which of our options it takes.
PARTS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "tests": (["pytest", "-q", "tests/test_captured.py", "tests/test_training.py"], ()),
    "training": (TRAINING, ("--device", "--data")),
    "training-bf16": ([*TRAINING, "--precision", "bf16"], ("--device", "--data")),
    "window": (["benchmarks.window"], ()),
    "growth": (["benchmarks.growth"], ("--device",)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--device", default="auto")
    parser.add_argument("--data", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    asked = {"--device": args.device, "--data": args.data}
    failed = []
    for name in args.parts:
        words, takes = PARTS[name]
        more = [str(word) for option in takes if asked[option] for word in (option, asked[option])]
        if not _done(name, [*words, *more], args.out):
            failed.append(name)
    print(f"Failed: {', '.join(failed)}." if failed else f"All in {args.out}.")
    return 1 if failed else 0


def _done(name: str, words: list[str], out: Path) -> bool:
    """Run one part; what it prints is kept, and shown as it comes to an end."""
    if name != "tests":
        words = [*words, "--json", str(out / f"{name}.json")]
    try:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            capture_output=True,
            text=True,
            timeout=60 * MINUTES,
            check=False,
        )
        text, code = done.stdout + done.stderr, done.returncode
    except subprocess.TimeoutExpired as error:
        said = "".join(map(_text, (error.stdout, error.stderr)))
        text, code = f"{said}\nStopped after {MINUTES} minutes.", 1
    (out / f"{name}.md").write_text(text)
    print(f"## {name}\n{text}", flush=True)
    return code == 0


def _text(said: bytes | str | None) -> str:
    """What a part that was stopped had printed: bytes, on POSIX."""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said or ""


if __name__ == "__main__":
    sys.exit(main())
