"""Which moments of a run are kept: weights as they were on the way. No torch here.

RUN/snapshots/00012345.safetensors       a model file of step 12,345, with weights of 16 bits
RUN/snapshots/00012345.kept.safetensors  the weights as they were shown; never thinned out
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = "snapshots"
MOST = 48  # moments of a run; beyond that the ones closest to each other go
MOST_BYTES = 500_000_000  # of all of them on the disk
_NAME = re.compile(r"(\d{8,10})(\.kept)?\.safetensors", re.ASCII)


@dataclass(frozen=True, order=True)
class Moment:
    """Weights of a run on the disk: their step, where they lie, and how many bytes they take."""

    step: int
    path: Path
    size: int
    kept: bool = False  # somebody refers to it: a bookmark, a picture


def snapshot_path(run: Path, step: int, kept: bool = False) -> Path:
    """Where the weights of a step lie."""
    return run / FOLDER / f"{step:08d}{'.kept' * kept}.safetensors"


def moments_in(run: Path) -> tuple[Moment, ...]:
    """All moments of a run by their steps; of one step the kept one comes last.

    Where the folder cannot be read there are none.
    """
    try:
        entries = list((run / FOLDER).iterdir())
    except OSError:
        return ()
    found = filter(None, map(_moment, entries))
    return tuple(sorted(found, key=lambda moment: (moment.step, moment.kept)))


def _moment(path: Path) -> Moment | None:
    found = _NAME.fullmatch(path.name)
    try:
        return found and Moment(int(found[1]), path, path.stat().st_size, bool(found[2]))
    except OSError:  # thinned out just now
        return None


def one_a_step(moments: tuple[Moment, ...]) -> tuple[Moment, ...]:
    """Of each step one: the kept weights where there are two."""
    return tuple({each.step: each for each in moments}.values())


def nearest(moments: Iterable[Moment], step: int) -> Moment | None:
    """The moment nearest to a step, of equals the kept one; None where there are none."""
    return min(moments, key=lambda moment: (abs(moment.step - step), not moment.kept), default=None)


def surplus(
    moments: tuple[Moment, ...], most: int = MOST, most_bytes: int = MOST_BYTES
) -> list[Moment]:
    """Which moments are to go: those closest to each other, until few and small ones are left.

    The first and the last stay, and what somebody refers to.
    """
    known = [moment for moment in moments if not moment.kept]
    size, gone = sum(moment.size for moment in moments), []
    while len(known) > 2 and (len(known) > most or size > most_bytes):
        around = zip(known, known[2:], strict=False)
        gaps = [(after.step + 1) / (before.step + 1) for before, after in around]
        gone.append(known.pop(1 + gaps.index(min(gaps))))
        size -= gone[-1].size
    return gone


def remove(moments: Iterable[Moment]) -> None:
    """Take them off the disk; one that is gone already is no matter. Raises OSError."""
    for moment in moments:
        moment.path.unlink(missing_ok=True)
