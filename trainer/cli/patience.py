"""A last checkpoint that finds no room: somebody may make some while we wait."""

from __future__ import annotations

import sys
import time

from trainer.training.interrupts import Interrupts
from trainer.training.progress_bar import tell_above_bar

EVERY, FOR = 10.0, 600.0  # seconds between two attempts, and in all, where nobody is asked


class Patience:
    """Asks on a terminal; else tries again every ten seconds, for ten minutes.

    A Ctrl-C gives up. After a wish to end, the system's or one that no terminal is left to answer
    for, nothing is waited for.
    """

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts
        self._until: float | None = None
        self._told = ""

    def __call__(self, why: str) -> bool:
        """Whether to try once more; raises KeyboardInterrupt."""
        if not self._interrupts.attended:
            return False
        if why != self._told:
            self._told = why
            tell_above_bar(why)
        with self._interrupts.at_once():
            if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
                return _asked()
            return not self._interrupts.number and self._waited()

    def _waited(self) -> bool:
        now = time.monotonic()
        if self._until is None:
            self._until = now + FOR
            tell_above_bar(
                f"Trying again every {EVERY:.0f} seconds for {FOR / 60:.0f} minutes; "
                "Ctrl-C gives up."
            )
        time.sleep(EVERY)
        return now < self._until


def _asked() -> bool:
    tell_above_bar("Free some space, then press Enter to try again; Ctrl-C gives up.")
    return bool(sys.stdin.readline())  # nothing where the terminal is closed
