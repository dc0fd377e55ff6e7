"""The last results of slow work, each made once however many threads ask for it. No torch."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from trainer.data.progress import OnProgress

TURN = 0.1  # seconds between two looks whether the work of another thread is over

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Results by their keys, of which the last `most` are kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[K, V] = OrderedDict()
        self._guard = Lock()
        self._locks: defaultdict[Hashable, Lock] = defaultdict(Lock)

    def get(self, key: K, group: Hashable, make: Callable[[], V], waiting: OnProgress) -> V:
        """The result of `key`, newly made where it is not known.

        One thread at a time makes those of a group, and no group waits for another. Who waits
        hears of it by `waiting(0, 0)`, and what that raises ends the wait.
        """
        with self._guard:
            lock = self._locks[group]
        while not lock.acquire(timeout=TURN):
            waiting(0, 0)
        try:
            with self._guard:
                if key in self._results:
                    self._results.move_to_end(key)
                    return self._results[key]
            result = make()
            with self._guard:
                self._results[key] = result
                while len(self._results) > self._most:
                    self._results.popitem(last=False)
            return result
        finally:
            lock.release()

    def clear(self) -> None:
        """Forget all results; work that is being done is not."""
        with self._guard:
            self._results.clear()
