"""All that a quarter of an hour on a GPU can show, in one command and one folder.

python -m benchmarks.gpu --out FOLDER [--minutes M] [--data FOLDER] [--device cpu] [--quick]
                         [--call 1|2] [--parts NAME ...]

Each part runs in a process of its own and within its own time; what all of them print lies in
FOLDER/told.txt as it comes, each line with its part's name. A part that hangs or fails costs
nothing but itself.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import IO

from benchmarks.gpu.parts import Part, has, parts

SPARE = 15.0  # seconds before the end that nothing new is begun in
NEEDED = ("torch", "torchvision", "numpy", "scipy", "sklearn", "safetensors", "PIL", "tqdm")
# What may be missing there, or too old, and what we take of it.
CARRIED = {"filelock": "SoftFileLease", "platformdirs": "user_data_path", "pytest": "main"}


def missing() -> list[str]:
    """What the engine and its tests import, and is not here or too old, each in a line."""
    found = []
    for name in (*NEEDED, *CARRIED):
        if not has(name):
            found.append(f"{name} is missing")
        elif name in CARRIED and not hasattr(importlib.import_module(name), CARRIED[name]):
            found.append(f"{name} is too old: it has no {CARRIED[name]}")
    return [f"{each}: bring its wheel, see benchmarks/gpu/__init__.py" for each in found]


class Told:
    """The file of all that is printed, line by line; from several threads."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def line(self, part: str, text: str) -> None:
        with self._lock:
            whole = f"{part}: {text}" if part else text
            print(whole, file=self._file, flush=True)
            print(whole, flush=True)


class Running:
    """A part that runs, and is listened to."""

    def __init__(self, part: Part, words: list[str], told: Told) -> None:
        self.part, self._told, self._began = part, told, time.monotonic()
        # Whoever has chosen a number of threads has it.
        threads = {"OMP_NUM_THREADS": str(part.threads)} if part.threads else {}
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
            env={**threads, **os.environ},
        )
        assert self._process.stdout is not None
        listen = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        listen.start()
        self._listening = listen

    def _listen(self, lines: IO[str]) -> None:
        for line in lines:
            if line.strip():
                self._told.line(self.part.name, line.rstrip())

    def ended_well(self, until: float) -> bool:
        """Wait for its end, at most until then (of time.monotonic()); say how it went."""
        try:
            code: int | str = self._process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            code = "out of time"
            self._kill()
        self._listening.join(5)
        took = time.monotonic() - self._began
        self._told.line("", f"## {self.part.name}: {code}, {took:.0f} s")
        return code == 0

    def _kill(self) -> None:
        """With all that it started."""
        with suppress(ProcessLookupError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=4.0, help="for all of it together")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true", help="a look at whether it runs at all")
    parser.add_argument(
        "--call", type=int, choices=(1, 2), help="1: is it right? 2: what is learned?"
    )
    parser.add_argument("--parts", nargs="+", default=[], help="without: all")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + 60 * args.minutes
    known = parts(args.quick)
    if unknown := set(args.parts) - {part.name for part in known}:
        parser.error(f"there is no part {', '.join(unknown)}: {', '.join(p.name for p in known)}")
    chosen = [
        part
        for part in known
        if part.call == (args.call or part.call) and (not args.parts or part.name in args.parts)
    ]
    told = Told(args.out / "told.txt")
    if lacking := missing():
        told.line("", "\n".join(lacking))
    with tempfile.TemporaryDirectory() as scratch:
        failed = _carried_out(chosen, args, end, Path(scratch), told)
    told.line("", f"Failed: {', '.join(failed)}." if failed else f"All is well: {args.out}.")
    return 1 if failed else 0


def _carried_out(
    chosen: list[Part], args: argparse.Namespace, end: float, scratch: Path, told: Told
) -> list[str]:
    """The names of those that failed."""
    failed = []
    for beside, group in groupby(chosen, key=lambda part: part.beside or part.name):
        together = list(group)
        left = end - time.monotonic() - SPARE
        if left <= 0:
            told.line("", f"## {beside}: no time is left")
            failed += [part.name for part in together]
            continue
        running = []
        for part in together:
            seconds = min(60 * part.minutes * (10 if args.quick else 1), left)
            words = _words(part, args, seconds, scratch)
            until = time.monotonic() + seconds + SPARE * 0.6 * part.fills
            running.append((Running(part, words, told), until))
        failed += [each.part.name for each, until in running if not each.ended_well(until)]
    return failed


def _words(part: Part, args: argparse.Namespace, seconds: float, scratch: Path) -> list[str]:
    given = {
        "--device": args.device,
        "--data": args.data,
        "--out": args.out,
        "--scratch": scratch,
        "--seconds": f"{seconds:.0f}",
    }
    options = [str(word) for name in part.takes if given[name] for word in (name, given[name])]
    return [*part.words, *options]


if __name__ == "__main__":
    sys.exit(main())
