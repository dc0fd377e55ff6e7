"""A scrolling sheet of very many pictures, that hands pick from and cross out on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCursor, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from iae_studio.widgets.elided_label import in_lines
from iae_studio.widgets.picture_view import GAP, NOWHERE, PictureView
from iae_studio.widgets.spoken import describe


class PictureSheet(PictureView):
    """Pictures to pick, by a click or Enter, and to cross out, by a right click or X.

    `tip` says what a picture is.
    """

    hovered = Signal(int)  # a number; -1: none
    picked = Signal(int)
    crossed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tip: Callable[[int], str] = lambda number: ""

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(NOWHERE)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self.numberAt(self.placeAt(event.pos()))
            text = self.tip(number) if number != NOWHERE else ""
            QToolTip.showText(event.globalPos(), in_lines(text), self.viewport())
            return True
        return bool(super().viewportEvent(event))

    def _point_at(self, place: int) -> None:
        if place != self._hover:
            self._hover = place
            self.viewport().update()
            self.hovered.emit(self.numberAt(place))

    def _scrolled(self) -> None:
        super()._scrolled()
        if self.viewport().underMouse():  # the tiles moved below a pointer at rest
            self._point_at(self.placeAt(self.viewport().mapFromGlobal(QCursor.pos())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.placeAt(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.placeAt(event.position().toPoint())
        if place == NOWHERE:
            return
        self._move_to(place)
        if event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(self.numberAt(place))
        elif event.button() == Qt.MouseButton.RightButton:
            self.crossed.emit(self.numberAt(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, number = Qt.Key(event.key()), self.numberAt(self._cursor)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._across(),
            Qt.Key.Key_Down: self._across(),
        }
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self._order) - 1}
        if plain and key in ends and len(self._order):
            self._move_to(ends[key])
        elif plain and key in steps and len(self._order):
            start = self._in_sight().start if self._cursor == NOWHERE else self._cursor + steps[key]
            self._move_to(min(max(start, 0), len(self._order) - 1))
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and number != NOWHERE:
            self.pick()
        elif plain and key == Qt.Key.Key_X and number != NOWHERE:
            self.cross()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()  # the rest belongs to the window

    def pick(self) -> None:
        """The picture that the keys are at."""
        if self._cursor != NOWHERE:
            self.picked.emit(self.numberAt(self._cursor))

    def cross(self) -> None:
        """The same, crossed out or taken back."""
        if self._cursor != NOWHERE:
            self.crossed.emit(self.numberAt(self._cursor))

    def _move_to(self, place: int) -> None:
        self._cursor = place
        box, bar = self.tileRect(place), self.verticalScrollBar()
        below = box.bottom() + GAP - self.viewport().height()
        if box.top() < GAP:
            bar.setValue(bar.value() + box.top() - GAP)
        elif below > 0:
            bar.setValue(bar.value() + below)
        number = self.numberAt(place)
        describe(self, self.tip(number))
        self.viewport().update()
        self.hovered.emit(number)
