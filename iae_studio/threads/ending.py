"""Threads are ended together: each is asked at once, and all have the same moment for it."""

from __future__ import annotations

import time
from collections.abc import Iterable

from PySide6.QtCore import QThread

GRACE = 1.2  # seconds; what takes longer is left, and the process ends under it


class Deadline:
    """The moment up to which threads are waited for."""

    def __init__(self, seconds: float = GRACE) -> None:
        self._at = time.monotonic() + seconds

    @property
    def over(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self._at

    def left(self) -> int:
        """The milliseconds to go."""
        return max(0, round(1000 * (self._at - time.monotonic())))


def have_ended(threads: Iterable[QThread], deadline: Deadline) -> bool:
    """Wait for all threads up to the deadline; whether none still runs."""
    ended = [thread.wait(deadline.left()) for thread in threads]
    return all(ended)
