"""Thousands of bad files, each given to what reads it in a process that may die.

python -m benchmarks.hostile [--count N] [--seed S] [--only FORMAT ...] [--keep FOLDER]

Each must be refused in a sentence within a second of the processor, or be read within four. What is
not is kept in a folder. Exits with 1 where there is any.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.hostile.formats import Format
from benchmarks.hostile.meter import Took
from benchmarks.hostile.reader import Answer, formats, serve

# Of the processor. What is read may be large, as a picture of 119 million pixels or a long list is.
SECONDS = {"refused": 1.0, "read": 4.0}
HANGS = 60.0  # seconds of a clock
MOST_MEMORY = 700 << 20  # bytes
OUTCOMES = (
    "refused", "read", "other exception", "too slow", "too much memory", "hang", "death",
)  # fmt: skip
GOOD = OUTCOMES[:2]


class Child:
    """A process that reads; a new one where it died."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._start()

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._line, other = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(other, str(self._home)), daemon=True)
        self._process.start()
        other.close()
        self._line.recv()

    def read(self, name: str, path: Path) -> tuple[str, str, Took]:
        """The outcome, what was told, and what it took where that is known."""
        self._line.send((name, str(path)))
        try:
            if not self._line.poll(HANGS):
                self.end()
                self._start()
                return "hang", f"nothing after {HANGS:.0f} s", Took(0.0, 0)
            answer = self._line.recv()
            return *judged(answer), answer.took
        except (EOFError, ConnectionError):
            self._process.join()
            code = self._process.exitcode
            self._start()
            return "death", f"exit code {code}", Took(0.0, 0)

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self._line.close()


def judged(answer: Answer) -> tuple[str, str]:
    """The outcome of what a child answers."""
    took = answer.took
    if answer.outcome in GOOD and took.grown > MOST_MEMORY:
        return "too much memory", f"{took.grown >> 20} MiB"
    if took.seconds > SECONDS.get(answer.outcome, HANGS):
        return "too slow", f"{answer.outcome} after {took.seconds:.1f} s: {answer.told}"
    return answer.outcome, answer.told


def inputs(
    known: dict[str, Format], count: int, seed: int, folder: Path
) -> Iterator[tuple[str, Path]]:
    """Bad files of all formats in turn, the same for the same seed, each in a folder of its own."""
    names = sorted(known)
    for number in range(count):
        name = names[number % len(names)]
        place = folder / f"{number:05d}"
        place.mkdir(parents=True)
        yield name, known[name].make(random.Random(f"{seed} {number}"), place)


@dataclass
class Found:
    """How many of each format ended how, and the most that one took."""

    counts: dict[str, Counter[str]]
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)  # each outcome: s, format
    memory: int = 0  # bytes

    def add(self, name: str, outcome: str, took: Took) -> None:
        self.counts[name][outcome] += 1
        self.slowest[outcome] = max(self.slowest.get(outcome, (0.0, "")), (took.seconds, name))
        self.memory = max(self.memory, took.grown)

    def told(self) -> str:
        """The most of each, in a line."""
        slowest = "; ".join(
            f"the slowest {outcome} after {seconds:.2f} s ({name})"
            for outcome, (seconds, name) in self.slowest.items()
            if seconds
        )
        return f"{slowest}; at most {self.memory >> 20} MiB."


def run(known: dict[str, Format], count: int, seed: int, keep: Path, processes: int = 2) -> Found:
    """Read so many; the bad ones are kept."""
    found = Found({name: Counter() for name in sorted(known)})
    turn = threading.Lock()
    with tempfile.TemporaryDirectory() as home:
        made = inputs(known, count, seed, Path(home))

        def work() -> None:
            child = Child(Path(home))
            while True:
                with turn:
                    each = next(made, None)
                if each is None:
                    return child.end()
                name, path = each
                outcome, told, took = child.read(name, path)
                place = next(p for p in (path, *path.parents) if p.parent == Path(home))
                with turn:
                    found.add(name, outcome, took)
                if outcome not in GOOD:
                    _keep(place, keep / outcome.replace(" ", "-"), f"{name}\n{told}")
                shutil.rmtree(place, ignore_errors=True)

        with ThreadPoolExecutor(processes) as pool:
            for each in [pool.submit(work) for _ in range(processes)]:
                each.result()
    return found


def _keep(place: Path, folder: Path, told: str) -> None:
    target = folder / place.name
    target.mkdir(parents=True, exist_ok=True)
    (target / "told.txt").write_text(told, "utf-8", errors="replace")
    for path in place.rglob("*"):
        if path.is_file() and not path.is_symlink():
            shutil.copy(path, target / f"{path.relative_to(place)}".replace("/", "+"))


def table(found: dict[str, Counter[str]]) -> str:
    """A line for each format."""
    lines = [f"| format | inputs | {' | '.join(OUTCOMES)} |", "| --- |" + " ---: |" * 8]
    total = sum(found.values(), Counter[str]())
    for name, counts in (*found.items(), ("all", total)):
        cells = " | ".join(f"{counts[outcome]:,}" for outcome in OUTCOMES)
        lines.append(f"| {name} | {counts.total():,} | {cells} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", metavar="FORMAT", help="formats whose name begins so")
    parser.add_argument("--keep", type=Path, default=Path("hostile-findings"))
    args = parser.parse_args()
    known = formats()
    if args.only:
        known = {name: known[name] for name in known if name.startswith(tuple(args.only))}
    start = time.monotonic()
    found = run(known, args.count, args.seed, args.keep)
    print(table(found.counts))
    print(found.told())
    bad = sum(
        counts[each] for counts in found.counts.values() for each in OUTCOMES if each not in GOOD
    )
    print(f"{args.count:,} inputs in {time.monotonic() - start:.0f} s; {bad} are no good.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
