"""What the training thread says, and where its commands wait."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.training import State
from trainer.messages import Failed, Progress

if TYPE_CHECKING:
    from trainer.inference.snapshot import Snapshot

Mailbox = queue.SimpleQueue[object]


class TrainingReports(QThread):
    """What the training thread says. `publish` is called on it with each new snapshot."""

    stateChanged = Signal(State)
    loadingMoved = Signal(int, int)  # images done, of how many; of 0 while that is not known
    began = Signal(object, object, object)  # run folder, its recipe, losses so far
    progressed = Signal(Progress)
    saved = Signal(object, int)
    unsaved = Signal(str)  # why a save failed: it stays in memory, paused
    failed = Signal(Failed)
    deviceLost = Signal(object)  # Lost: before the training has failed
    ended = Signal()
    leftOut = Signal(str)  # what is trained on of the user's images, and what is not
    momentKept = Signal(object)  # the run whose weights were kept, as they are on the way
    asideChanged = Signal()  # images were set aside or taken back, or could not be
    amended = Signal(object, object)  # the run, and all `Amendments` that it goes by
    tooLate = Signal(object, object)  # a run, and a Change or Amend that came when it had ended
    noted = Signal(str)  # what the engine had to do otherwise, and why

    def __init__(self, publish: Callable[[Snapshot], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.publish = publish
        self._mailbox: Mailbox = queue.SimpleQueue()
        self._progress: CancellableProgress | None = None
        self._refused = ""
        self._answered = threading.Event()

    def refuse_to_quit(self, why: str) -> None:
        """What trains could not be saved, and would be lost."""
        self._refused = why
        self._answered.set()
