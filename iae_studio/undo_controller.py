"""Undo and redo in the window: their keys, their menu, and what they say."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QMenu

from iae_studio.controller import Controller
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.state.undo import Undo
from iae_studio.views.actions import act
from iae_studio.window import Window


class UndoController(Controller):
    """Takes steps down once the session is back, the disk was read and the engine is there."""

    def __init__(self, state: StudioState, window: Window) -> None:
        super().__init__()
        self.state = state
        self.undo = Undo(state, held=_held, parent=self)
        self._waits = {"session", "engine", "library"}
        tip = "What was explored before: sliders, seeds, images, the model, the moment"
        self._back = act(window, "View", "Undo", "Ctrl+Z", self._undo, tip)
        self._forth = act(
            window, "View", "Redo", "Ctrl+Shift+Z; Ctrl+Y", self._redo, "What was undone"
        )
        self._menu(window)
        for field in window.findChildren(QAbstractSpinBox):
            field.installEventFilter(self)
        state.training.stateChanged.connect(self._engine)
        state.library.changed.connect(lambda: self.ready("library"))
        self.undo.changed.connect(self._show)
        window.closing.connect(self.undo.end)
        self._show()

    def ready(self, part: str) -> None:
        """One of the parts that change what is explored by themselves, at a start, is done."""
        self._waits.discard(part)
        if not self._waits:  # once all have heard of it: they may ask for test images
            QTimer.singleShot(0, self, self.undo.begin)

    def _engine(self, now: State) -> None:
        if now is not State.STARTING:
            self.ready("engine")

    def _menu(self, window: Window) -> None:
        menu, bar = QMenu("&Edit", window), window.menuBar()
        menu.addActions([self._back, self._forth])
        after = bar.actions()[1:2]
        bar.insertMenu(after[0], menu) if after else bar.addMenu(menu)

    def _undo(self) -> None:
        self._tell("Undone", self.undo.undo())

    def _redo(self) -> None:
        self._tell("Done again", self.undo.redo())

    def _tell(self, how: str, what: str) -> None:
        """In the log: a line above the grid would move it."""
        if what:
            self.state.messages.logged.emit(f"{how}: {what}.")

    def _show(self) -> None:
        _name(self._back, "Undo", self.undo.undoes)
        _name(self._forth, "Redo", self.undo.redoes)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A number in which nothing was typed leaves the keys to the window."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        edit = watched.findChild(QLineEdit)
        if edit is None:
            return False
        back = event.matches(QKeySequence.StandardKey.Undo) and not edit.isUndoAvailable()
        forth = event.matches(QKeySequence.StandardKey.Redo) and not edit.isRedoAvailable()
        if back or forth:
            event.ignore()
        return back or forth


def _name(action: QAction, word: str, what: str) -> None:
    action.setText(f"{word}: {what}" if what else word)
    action.setEnabled(bool(what))


def _held() -> bool:
    """Whether a button of the mouse is down: a slider is on its way."""
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
