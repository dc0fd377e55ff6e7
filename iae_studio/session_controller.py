"""What is explored is kept every few seconds, and is back at the next start."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from iae_studio.own_images_controller import OwnImagesController
from iae_studio.state.session import Explored, explored
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.threads.session_file import Restored, SessionFile
from iae_studio.threads.worker import WorkThread
from iae_studio.window import Window

OFTEN = 2000  # ms between two looks whether something changed


class SessionController(QObject):
    """Reads the session once, then writes it whenever it is another one.

    Without a folder nothing is kept.
    """

    begun = Signal()  # what was explored last is back, or nothing of it will be

    def __init__(
        self,
        state: StudioState,
        window: Window,
        own_images: OwnImagesController,
        folder: Path | None,
    ) -> None:
        super().__init__()
        self.state, self.window, self.own_images = state, window, own_images
        self.worker = WorkThread()
        self._file = None if folder is None else SessionFile(folder)
        self._written: Explored | None = None
        self._layout: tuple[object, object] | None = None
        self._restoring = True
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._keep)

    def start(self) -> None:
        """Look for what was explored last."""
        if self._file is None:
            self.begun.emit()
            return
        self.worker.start()
        self.worker.submit(self._file.read, then=self._restore, otherwise=self._begin)

    def close(self) -> None:
        """Keep what is explored now, and end once that is on the disk."""
        self._timer.stop()
        self._keep()
        if self._file is not None:
            self.worker.submit(self._file.forget_tries)
        self.worker.ask_to_end(after_all=True)

    # ---- back --------------------------------------------------------------------------------

    def _restore(self, restored: Restored | None) -> None:
        if restored is None or self.state.training.busy:
            self._begin()
            return
        session, model = restored.session, restored.model
        if model is not None and model != self.state.displayed.model:
            self.state.displayed.select(model)
        self.state.query.restore(session.settings)
        self.state.inputs.restore_tests(session.tests)
        if self.state.training.state is not State.STARTING:  # else once the engine is loaded
            self.state.inputs.renew_tests()
        if session.pictures and self._file is not None:
            self.own_images.open(partial(self._file.pictures, session), self._begin)
        else:
            self._begin()

    def _begin(self) -> None:
        self._restoring = False
        self._timer.start(OFTEN)
        self.begun.emit()

    # ---- kept --------------------------------------------------------------------------------

    def _keep(self) -> None:
        if self._file is None or self._restoring or self.state.training.state is State.STARTING:
            return
        now = explored(self.state)
        if now != self._written:
            self._written = now
            self.worker.submit(partial(self._file.write, now), newest="session")
        layout = self.window.saveGeometry(), self.window.saveState()
        if self._layout not in (None, layout):
            self.window.remember_layout()
        self._layout = layout
