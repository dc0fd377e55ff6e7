"""This computer: looked at on a thread of its own, shown in a dialog, kept for a report."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, qVersion
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QFileDialog, QWidget

from iae_studio.controller import Controller
from iae_studio.state.folders import ChosenFolders
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.state.training import State
from iae_studio.style import theme
from iae_studio.style.tokens import DARK
from iae_studio.threads import computer_job
from iae_studio.threads.worker import WorkThread
from trainer.reporting.doctor.records import Asked, Row

if TYPE_CHECKING:  # the dialog is imported when it is first asked for
    from iae_studio.views.computer import ComputerDialog

FILE = "this-computer.txt"


class ComputerController(Controller):
    """Answers `Checkup.wanted`; the look ends when its dialog is closed."""

    _found = Signal(object, str, bool)  # of which look; a line, and whether a check failed
    _doing = Signal(object, str)

    def __init__(
        self, state: StudioState, window: QWidget, folders: ChosenFolders, submit: Submit
    ) -> None:
        super().__init__()
        self.state, self._window, self._folders = state, window, folders
        self._submit = submit
        self.worker = WorkThread()
        self.worker.failed.connect(self.failed)
        self.dialog: ComputerDialog | None = None
        self._look: threading.Event | None = None  # the one under way; set: nobody waits any more
        self._found.connect(self._add)
        self._doing.connect(self._tell)
        state.checkup.wanted.connect(self.open)

    def threads(self) -> tuple[WorkThread, ...]:
        """The one that looks."""
        return (self.worker,)

    def cancel(self) -> None:
        """The window closes: nobody waits any more."""
        if self.dialog is not None:
            self.dialog.close()
        self._stop()

    def open(self) -> None:
        """Show the dialog; what came to its end before is still there."""
        if self.dialog is None:
            from iae_studio.views.computer import ComputerDialog

            self.dialog = dialog = ComputerDialog(self._window)
            dialog.againWanted.connect(self.look)
            dialog.saveWanted.connect(self._save)
            dialog.closed.connect(self._stop)
        if self._look is None and not self.state.checkup.found:
            self.look()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    # ---- the look ----------------------------------------------------------------------------

    def look(self) -> None:
        """Begin anew; lines come as they are found."""
        if self.dialog is None:
            return
        self._stop()
        self._look = look = threading.Event()
        self.state.checkup.found = ""
        self.dialog.begin()
        asked = Asked(
            trains=lambda: self.state.training.state in (State.LOADING, State.TRAINING),
            alone=False,  # a training may begin meanwhile: its precision is not ours to set
            window=tuple(self._window_rows()),
            root_of=self._folders.now().of,
            told=partial(self._doing.emit, look),
            cancelled=look.is_set,
        )
        self.worker.start()  # where the window could not be completed, nobody else did
        self.worker.submit(
            partial(computer_job.look, asked, partial(self._found.emit, look)),
            then=partial(self._finish, look),
            otherwise=partial(self._finish, look, ""),
        )

    def _stop(self) -> None:
        if self._look is not None:
            self._look.set()
            self._look = None

    def _add(self, look: object, line: str, failed: bool) -> None:
        if look is self._look and self.dialog is not None:
            self.dialog.add(line, failed)

    def _tell(self, look: object, what: str) -> None:
        if look is self._look and self.dialog is not None:
            self.dialog.doing(what)

    def _finish(self, look: object, text: str) -> None:
        if look is self._look and self.dialog is not None:
            self._look = None
            self.state.checkup.found = text
            self.dialog.finish(bool(text))

    # ---- what only the window knows ----------------------------------------------------------

    def _window_rows(self) -> list[Row]:
        dark = theme.current() is DARK
        rows = [
            Row("Qt", f"{qVersion()}, platform {QGuiApplication.platformName()}"),
            Row("looks", f"{'dark' if dark else 'light'}, text at {100 * theme.zoom():.0f} %"),
        ]
        rows += [Row("screen", _told(screen)) for screen in QGuiApplication.screens()]
        return [*rows, Row("computes on", self.state.devices.chosen)]

    def _save(self) -> None:
        if self.dialog is None:
            return
        name, _ = QFileDialog.getSaveFileName(self.dialog, "Save the text", FILE, "Text (*.txt)")
        if name:
            self._submit(partial(computer_job.save, Path(name), self.dialog.text), self.dialog.tell)


def _told(screen: QScreen) -> str:
    size, scale = screen.size(), screen.devicePixelRatio()
    return f"{size.width()} x {size.height()} at {scale:g}, {screen.refreshRate():.0f} Hz"
