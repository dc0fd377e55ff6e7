"""Keys that edit a text field, and would else be the window's own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

DELETES = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)  # a letter, a word or a line of what is typed
COPIES = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.SelectAll)
Field = QLineEdit | QAbstractSpinBox | QPlainTextEdit | QTextEdit


class FieldKeys(QObject):
    """Claims these keys for the field that has the keyboard, as Qt does with plain letters.

    It hears such fields alone: what watches the whole application is called for every event.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # a widget needs one
        application.focusChanged.connect(self._follow)

    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        if isinstance(now, Field):
            now.installEventFilter(self)  # once, however often it comes here

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept what the field would do with the key."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        mine = isinstance(watched, Field) and _edits(watched, event)
        if mine:
            event.accept()
        return mine


def _edits(field: Field, event: QKeyEvent) -> bool:
    if event.key() in DELETES:
        return not field.isReadOnly()
    marks = isinstance(field, QPlainTextEdit | QTextEdit)
    return marks and any(event.matches(key) for key in COPIES)
