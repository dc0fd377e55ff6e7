"""A clock that jumps: within a job the computer slept, or the process was stopped by Ctrl-Z.

On Windows `time.monotonic` counts the hours of sleep, elsewhere those of a stopped process.
"""

from __future__ import annotations

SLEPT = 600.0  # seconds between two reports: no step takes as long


def took(began: float, ended: float, most: float = 60.0) -> float:
    """The seconds that a job took, by which the next one is put off.

    One that seems to take more than `most` was slept through: it must not cost a night's saves.
    """
    return min(max(ended - began, 0.0), most)


def slept(before: float, now: float) -> float:
    """The seconds between two reports that nobody trained."""
    return now - before if now - before > SLEPT else 0.0
