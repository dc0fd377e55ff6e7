"""What every controller is to the program: it begins, it is given up, and it may have threads."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from iae_studio.threads.awake import AwakeThread
from iae_studio.threads.worker import WorkThread
from trainer.messages import Failed


class Controller(QObject):
    """Answers what a part of the state wants. Those without threads leave all of this as it is."""

    failed = Signal(Failed)  # of its threads: told above the grid

    def start(self) -> None:
        """The window is painted: begin to work; what was asked before has waited."""
        for thread in self.threads():
            thread.start()

    def cancel(self) -> None:
        """The window closes: nobody waits any more."""

    def threads(self) -> tuple[WorkThread | AwakeThread, ...]:
        """All that work for it; they are asked to end, and waited for a moment."""
        return ()
