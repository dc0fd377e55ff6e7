"""The queue outlives the program; the computer stays awake; the user hears of what ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iae_studio.alerts import Alerts
from iae_studio.controller import Controller
from iae_studio.state.messages import Message
from iae_studio.state.queue_items import Kept
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.threads.awake import AwakeThread
from iae_studio.threads.worker import WorkThread
from iae_studio.window import Window
from trainer.storage.paths import queue_root

if TYPE_CHECKING:
    from iae_studio.threads.queue_file import Found, QueueFile

WORKS = (State.LOADING, State.TRAINING)


class _Writer(WorkThread):
    """Ends once all is written."""

    def ask_to_end(self, after_all: bool = True) -> None:
        super().ask_to_end(after_all=True)


class QueueController(Controller):
    """Reads the queue once, then writes it at each change."""

    def __init__(self, state: StudioState, window: Window) -> None:
        super().__init__()
        self.state = state
        self.alerts = Alerts(state, window)
        self.awake = AwakeThread()
        self.worker = _Writer()
        self.worker.failed.connect(self.failed)
        self._file: QueueFile | None = None
        self._written: Kept | None = None
        state.training.stateChanged.connect(lambda now: self.awake.want(now in WORKS))

    def start(self) -> None:
        """Look for what an earlier start left; before that nothing is written."""
        super().start()
        from iae_studio.threads.queue_file import QueueFile

        self._file = file = QueueFile(queue_root())
        self.worker.submit(file.read, then=self._restore)

    def cancel(self) -> None:
        """Nothing begins any more; what trains now is found again by the next start."""
        self.state.queue.close()
        if self._file is not None:
            self.worker.submit(self._file.close)

    def threads(self) -> tuple[_Writer | AwakeThread, ...]:
        """All that work for it."""
        return self.worker, self.awake

    def _restore(self, found: Found) -> None:
        from iae_studio.threads.queue_file import ANOTHER

        messages = self.state.messages
        if found.told == ANOTHER and messages.current is None:
            messages.show_message(Message(ANOTHER))
        elif found.told:
            messages.show_aside(found.told)
        self.state.queue.restore(found.kept)
        self._written = found.kept
        self.state.queue.changed.connect(self._write)
        self._write()

    def _write(self) -> None:
        kept, file = self.state.queue.kept, self._file
        if kept != self._written and file is not None:
            self._written = kept

            def write() -> None:
                file.write(kept)

            self.worker.submit(write, newest="queue")
