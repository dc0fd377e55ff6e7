"""Ctrl-C and the system's wishes: noted, and obeyed between two steps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# SIGHUP: the terminal was closed, or the connection broke off; on Windows Ctrl-Break.
_NUMBERS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)


class InsistedError(KeyboardInterrupt):
    """A second signal, or one while nothing trains: it waits for nothing."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Interrupts:
    """What was wished: the number of the first signal, 0 while there is none."""

    def __init__(self) -> None:
        self.number = 0
        self._waits = False

    @property
    def attended(self) -> bool:
        """Whether somebody may wait for an answer: not after a wish of the system."""
        return self.number in (0, signal.SIGINT)

    @property
    def code(self) -> int:
        """The exit code of a command that was ended so."""
        return 128 + self.number

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """In the block nothing is done that must be whole: a first signal is raised, too."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False

    def note(self, number: int, frame: object) -> None:
        """The handler."""
        if self.number or self._waits:
            raise InsistedError(number)
        self.number = number


@contextmanager
def interrupts_noted() -> Iterator[Interrupts]:
    """Signals are noted: raised in the middle of a step they would tear the state apart.

    A second one is raised at once. A hang-up that is to be ignored (`nohup`) is.
    """
    noted = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    before = {}
    for number in _NUMBERS:
        ignored = signal.getsignal(number) is signal.SIG_IGN
        if not (ignored and number == getattr(signal, "SIGHUP", None)):
            before[number] = signal.signal(number, noted.note)
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
