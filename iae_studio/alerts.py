"""When a training ends, fails or waits while the user is elsewhere, the desktop says so."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from iae_studio.state.messages import short
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.style import theme

READ = 10_000  # ms that a note of the tray stands


class Teller(Protocol):
    """Reaches a user who looks at something else."""

    def is_needed(self) -> bool:
        """Whether the window is not the one that is used."""

    def tell(self, title: str, text: str) -> None:
        """Say it without taking the keyboard."""

    def be_quiet(self) -> None:
        """The user is here again."""


class DesktopTeller:
    """The task bar's alert; and a note, where there is a tray, whose icon goes again."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._icon: QSystemTrayIcon | None = None

    def is_needed(self) -> bool:
        return QApplication.applicationState() != Qt.ApplicationState.ApplicationActive

    def tell(self, title: str, text: str) -> None:
        QApplication.alert(self._window)
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(theme.icon("dot", "accent"), self._window)
            self._icon.setToolTip("IAE Studio")
            self._icon.messageClicked.connect(self._come_forward)
            self._icon.activated.connect(self._come_forward)
        self._icon.show()
        self._icon.showMessage(title, text, QSystemTrayIcon.MessageIcon.Information, READ)

    def be_quiet(self) -> None:
        if self._icon is not None:
            self._icon.hide()

    def _come_forward(self, *_: object) -> None:
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()


class Alerts(QObject):
    """Listens to the training; nothing is said while the window is used."""

    def __init__(self, state: StudioState, window: QWidget, teller: Teller | None = None) -> None:
        super().__init__()
        self._state = state
        self.teller: Teller = teller or DesktopTeller(window)
        state.training.stateChanged.connect(self._state_changed)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.applicationStateChanged.connect(self._looked_at)

    def _state_changed(self, now: State) -> None:
        if now is State.FINISHED:
            self._tell(f"The training is finished.{self._next()}")
        elif now is State.FAILED:
            why = short(self._state.training.why, 200)
            self._tell(f"The training failed. {why}{self._next()}")
        elif now is State.UNSAVED:
            self._tell("The training waits: it could not be saved.")

    def _next(self) -> str:
        count = len(self._state.queue.coming)
        if not count or self._state.queue.held:
            return ""
        return f" {count} more {'waits' if count == 1 else 'wait'} in the queue."

    def _tell(self, text: str) -> None:
        recipe = self._state.training.recipe
        if recipe is not None and self.teller.is_needed():
            self.teller.tell(recipe.about.title, text)

    def _looked_at(self, now: Qt.ApplicationState) -> None:
        if now == Qt.ApplicationState.ApplicationActive:
            self.teller.be_quiet()
