"""All that a quarter of an hour on a GPU can show, in one command and one folder.

python -m benchmarks.gpu --out FOLDER [--minutes M] [--data FOLDER] [--device cpu] [--quick]
                         [--parts NAME ...]

Each part runs in a process of its own and within its own time; what it prints lies in
FOLDER/NAME.txt as it comes. A part that hangs or fails costs nothing but itself.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SPARE = 20.0  # seconds before the end that nothing new is begun in
ENGINE_TESTS = ("test_captured", "test_training", "test_checkpoint", "test_models", "test_explore")
PLAIN_PYTEST = ("-p", "no:pytest-qt", "-o", "addopts=", "-o", "filterwarnings=")
RECIPES = ("mog-iae", "fiae-toy", "mnist-10", "svhn-75", "celeba-50", "shoes", "faces")


@dataclass(frozen=True)
class Part:
    """A command and the longest that it may take."""

    name: str
    words: tuple[str, ...]
    minutes: float
    takes: tuple[str, ...] = ("--device",)  # of our options


def parts(args: argparse.Namespace) -> list[Part]:
    """In the order in which they are worth the time; what was learned takes all that is left."""
    tests = [f"tests/{name}.py" for name in ENGINE_TESTS[: 1 if args.quick else None]]
    seconds = "0.05" if args.quick else "2"
    timed = RECIPES[: 1 if args.quick else None]
    speed = ("benchmarks.training", *timed, "--seconds", seconds, "--rounds", "1")
    right = ("benchmarks.gpu.right",)
    more = ("--quick",) if args.quick else ()
    return [
        Part("tests", ("pytest", "-q", *PLAIN_PYTEST, *tests), 1.5, ()),
        Part("losses", (*right, "losses", *more), 1.0),
        Part("resume", (*right, "resume", *more), 0.7),
        Part("pixels", (*right, "pixels", *more), 0.7),
        Part("memory", (*right, "memory", *more), 0.7),
        Part("speed", speed, 1.5, ("--device", "--data")),
        Part("speed-bf16", (*speed, "--precision", "bf16"), 1.5, ("--device", "--data")),
        Part("learned", ("benchmarks.gpu.learned", *more), args.minutes, ("--device", "--data")),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=4.0, help="for all of it together")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true", help="a look at whether it runs at all")
    parser.add_argument("--parts", nargs="+", default=[], help="without: all")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + 60 * args.minutes
    known = parts(args)
    if unknown := set(args.parts) - {part.name for part in known}:
        parser.error(f"there is no part {', '.join(unknown)}: {', '.join(p.name for p in known)}")
    failed = []
    for part in known:
        if args.parts and part.name not in args.parts:
            continue
        left = end - time.monotonic() - SPARE
        if left <= 0 or not _done(part, args, min(60 * part.minutes, left)):
            failed.append(part.name)
    print(f"Failed: {', '.join(failed)}." if failed else f"All is well: {args.out}.")
    return 1 if failed else 0


def _done(part: Part, args: argparse.Namespace, seconds: float) -> bool:
    """Run a part to its end, or to that of its time; say how it went and show what it said last."""
    words = [sys.executable, "-u", "-m", *part.words]
    given = {"--device": args.device, "--data": args.data}
    words += [str(w) for name in part.takes if given[name] for w in (name, given[name])]
    if part.name == "learned":
        words += ["--out", str(args.out), "--seconds", f"{seconds:.0f}"]
    began, path = time.monotonic(), args.out / f"{part.name}.txt"
    with path.open("wb") as file:
        process = subprocess.Popen(
            words, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            code: int | str = process.wait(timeout=seconds + SPARE * (part.name == "learned"))
        except subprocess.TimeoutExpired:
            code = "out of time"
            _kill(process)
    print(f"## {part.name}: {code}, {time.monotonic() - began:.0f} s", flush=True)
    print("\n".join(path.read_text(errors="replace").splitlines()[-40:]), flush=True)
    return code == 0


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With all that it started."""
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    sys.exit(main())
