"""The parts of the quarter of an hour: their commands, how long they may take, what goes beside."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

ENGINE_TESTS = (
    *("test_captured", "test_replaying", "test_training", "test_checkpoint"),
    *("test_models", "test_explore"),
)
PLAIN_PYTEST = (
    *("-p", "no:pytest-qt", "-p", "no:cacheprovider", "-o", "addopts=", "-o", "filterwarnings="),
    *("-m", "not slow"),
)
CORES = 16  # of the machine; what runs beside others has its share of them
WORKERS = 3  # trainings at once: one is measured on the CPU while others train


@dataclass(frozen=True)
class Part:
    """A command and the longest that it may take."""

    name: str
    words: tuple[str, ...]
    minutes: float
    takes: tuple[str, ...] = ("--device",)  # of our options
    beside: str = ""  # parts that follow each other with the same word here run at once
    call: int = 1  # in which of the two calls

    @property
    def threads(self) -> int:
        """Of the CPU; 0: as many as there are."""
        return {"right": CORES // 6, "learned": CORES // (WORKERS + 1)}.get(self.beside, 0)

    @property
    def fills(self) -> bool:
        """Whether it takes all the time that is left, and ends by itself."""
        return "--seconds" in self.takes


def has(package: str) -> bool:
    """Whether it can be imported here, as far as can be told without."""
    try:
        return importlib.util.find_spec(package) is not None
    except ValueError:  # None in its place
        return False


def parts(quick: bool) -> list[Part]:
    """In the order in which they are worth the time. Figures of time are measured alone."""
    tests = [f"tests/{name}.py" for name in ENGINE_TESTS[: 1 if quick else None]]
    more = ("--quick",) if quick else ()
    pytest, kept = ("pytest", "-q", *PLAIN_PYTEST), ("--device", "--data", "--seconds", "--out")
    at_once = ("-n", "4") if not quick and has("xdist") else ()

    def gpu(file: str, *words: str) -> tuple[str, ...]:
        return (f"benchmarks.gpu.{file}", *words, *more)

    right = [
        Part("captured", (*pytest, *tests[:1]), 1.4, (), "right"),
        Part("tests", (*pytest, *at_once, *(tests[1:] or tests)), 1.4, (), "right"),
        Part("losses", gpu("right", "losses"), 1.4, beside="right"),
        Part("same", gpu("right", "twice", "pixels", "resume"), 1.4, beside="right"),
        Part("amended", gpu("captures", "amended", "streamed"), 1.4, beside="right"),
        Part("broken", gpu("captures", "broken", "beside"), 1.4, beside="right"),
        Part("lost", gpu("lost"), 1.4, beside="right"),
        Part("memory", gpu("memory"), 1.0),
        Part("speed", gpu("speed"), 1.4),
        Part("latency", gpu("latency"), 0.8),
    ]
    learned = [
        Part(f"learned-{number}", gpu("learned"), 60.0, (*kept, "--scratch"), "learned", 2)
        for number in range(1, 2 if quick else WORKERS + 1)
    ]
    low = Part("bf16", gpu("seeds"), 3.5, ("--device", "--data"), "learned", 2)
    return [*right, *learned, low]
