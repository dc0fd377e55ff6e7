"""Loading that tells how far it is, and that ends at once when nobody wants it any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SECONDS = 0.1  # between two reports


class CancelledError(Exception):
    """Raised in a job that nobody waits for any more."""


class CancellableProgress:
    """What a loader calls with (done, total). After `cancel` it raises CancelledError.

    `moved` is called on the loader's thread, ten times a second at the most. A total of 0 says
    that somebody else loads the same.
    """

    def __init__(self, moved: Callable[[int, int], object]) -> None:
        self._moved = moved
        self._cancelled = threading.Event()
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        self.check()
        now = time.monotonic()
        if total and now >= self._next:
            self._next = now + SECONDS
            self._moved(done, total)

    def check(self) -> None:
        """Raise CancelledError where that is wished."""
        if self._cancelled.is_set():
            raise CancelledError

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits any more."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """End the loading at its next report; from any thread."""
        self._cancelled.set()
