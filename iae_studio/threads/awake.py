"""The computer does not fall asleep while something trains; its screen may."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack

from PySide6.QtCore import QObject, QThread

FAILS = "The computer may fall asleep while it trains: the system offers no way to prevent it."

log = logging.getLogger("iae-studio")


class AwakeThread(QThread):
    """Asks the system, which may take its time; what is asked is taken back on the same thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changed = threading.Condition()
        self._wanted = self._quit = self._told = False
        self.on = False  # the system was asked, and agreed

    def want(self, awake: bool) -> None:
        """Stay awake from now on, or no longer."""
        with self._changed:
            self._wanted = awake
            self._changed.notify()

    def ask_to_end(self) -> None:
        """The computer may sleep; returns at once."""
        with self._changed:
            self._quit = True
            self._changed.notify()

    def run(self) -> None:
        """On the thread."""
        while self._wait_for(True):
            try:
                with ExitStack() as stack:
                    self.on = self._enter(stack)
                    self._wait_for(False)
            except Exception as error:  # of leaving: the system is in order without us
                log.info("The system was not told that it may sleep: %s", error)
            self.on = False

    def _wait_for(self, awake: bool) -> bool:
        """Until it is wanted, or no longer; False at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._quit or self._wanted is awake)
            return not self._quit

    def _enter(self, stack: ExitStack) -> bool:
        """Whether the system agreed; that it does not is told once."""
        try:
            from wakepy import keep  # loads D-Bus

            mode = stack.enter_context(keep.running(on_fail="pass"))
            if mode.active:
                return True
            why = ""
        except Exception as error:
            why = f" ({error})"
        if not self._told:
            self._told = True
            log.info("%s%s", FAILS, why)
        return False
