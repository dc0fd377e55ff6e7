"""What is asked of the doctor, and the rows of its answer. No torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

INDENT, COLUMN = 2, 16  # letters: before a name, and of it with the gap behind it
OK, FAILED = "ok", "FAILED"


@dataclass(frozen=True)
class Row:
    """A line of the answer: what it is about, and what is to be said of it."""

    name: str
    said: str
    failed: bool = False  # a check that did not come out as it should

    def __str__(self) -> str:
        name = f"{self.name}  " if len(self.name) > COLUMN - 2 else f"{self.name:<{COLUMN}}"
        return f"{'':{INDENT}}{name}{self.said}".rstrip()


@dataclass(frozen=True)
class Asked:
    """How thorough the answer is to be; the window asks with more than the command line has."""

    device: str = ""  # that alone is tried; empty: all
    self_test: bool = True
    speeds: bool = True
    trains: Callable[[], bool] = lambda: False  # whether a training shares the computer now
    # Whether nothing else computes in this process: else its precision is not to be changed.
    alone: bool = True
    window: tuple[Row, ...] = ()  # what only a window knows
    root_of: Callable[[str], Path | None] = lambda name: None  # where a data set lies, if not here
    told: Callable[[str], object] = lambda what: None  # what is being done now
    cancelled: Callable[[], bool] = lambda: False  # whether nobody waits any more


def size(count: float) -> str:
    """Bytes in GiB."""
    return f"{count / 2**30:,.1f} GiB"


def in_short(error: BaseException) -> str:
    """The first line of what an error says, and its kind where that helps."""
    first = next(filter(None, (line.strip() for line in str(error).splitlines())), "")
    return first or type(error).__name__
