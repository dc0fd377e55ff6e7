"""What every pad does: mouse, tablet and keys become strokes; undo; handing on at a steady pace."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPointingDevice,
    QTabletEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
PLAIN = 0.5  # the pressure of a hand that has no tablet
_KEPT = 200  # drawings that undo goes back through
_KEYS = (Qt.Key.Key_Backspace, Qt.Key.Key_U, Qt.Key.Key_C, Qt.Key.Key_E)

D = TypeVar("D")  # a drawing


class Pad(QWidget, Generic[D]):
    """A square to draw on. The left button draws, the right one erases; so does a pen's other end.

    With the keyboard: U or Backspace takes back, C clears, E takes the eraser or the pen.
    """

    erasingChanged = Signal(bool)

    def __init__(self, drawing: D, pace: int, parent: QWidget | None = None) -> None:
        """`pace`: ms between two drawings that are handed on."""
        super().__init__(parent)
        self._done = drawing
        self._before: list[D] = []
        self._held: Qt.MouseButton | None = None  # what draws a stroke now
        self._erasing = False
        self._fresh = False  # something is drawn that was not handed on yet
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(pace)
        self._pace.timeout.connect(self._hand_on)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.notifier().changed.connect(self.update)

    # ---- what each pad says itself -----------------------------------------------------------

    def _begin(self, place: QPointF, erases: bool, pressure: float) -> None:
        raise NotImplementedError

    def _go_on(self, place: QPointF, pressure: float) -> bool:
        """Whether that changed anything."""
        raise NotImplementedError

    def _finish(self) -> D:
        """The drawing with the stroke that ends."""
        raise NotImplementedError

    def _blank(self) -> D:
        raise NotImplementedError

    def _tell(self) -> None:
        raise NotImplementedError

    def isEmpty(self) -> bool:
        raise NotImplementedError

    # ---- drawings ----------------------------------------------------------------------------

    def canUndo(self) -> bool:
        return bool(self._before)

    def clear(self) -> None:
        """An empty pad; undo brings the drawing back."""
        if self._held is None and not self.isEmpty():
            self.keep(self._blank())

    def undo(self) -> None:
        """Take back the last stroke, or the last clearing."""
        if self._before and self._held is None:
            self._done = self._before.pop()
            self._show()

    def keep(self, drawing: D) -> None:
        """This is on the pad from now on."""
        self._before = [*self._before[-_KEPT:], self._done]
        self._done = drawing
        self._show()

    def erasing(self) -> bool:
        """Whether the left button erases."""
        return self._erasing

    def setErasing(self, erasing: bool) -> None:
        if erasing != self._erasing:
            self._erasing = erasing
            self.erasingChanged.emit(erasing)

    def _show(self) -> None:
        """A finished change: hand it on at once."""
        self._fresh = True
        self._pace.stop()
        self._hand_on()
        self.update()

    def _drawn(self) -> None:
        self._fresh = True
        if not self._pace.isActive():
            self._hand_on()
        self.update()

    def _hand_on(self) -> None:
        if self._fresh:
            self._fresh = False
            self._pace.start()
            self._tell()

    # ---- hands -------------------------------------------------------------------------------

    def _press(self, place: QPointF, button: Qt.MouseButton, erases: bool, weight: float) -> None:
        if self._held is None:
            self._held = button
            self._begin(place, erases, weight)
            self._drawn()

    def _move(self, place: QPointF, weight: float) -> None:
        if self._held is not None and self._go_on(place, weight):
            self._drawn()

    def _release(self, button: Qt.MouseButton) -> None:
        if self._held is not None and button == self._held:
            drawing = self._finish()
            self._held = None
            self.keep(drawing)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        if button in (LEFT, RIGHT):
            self._press(event.position(), button, button == RIGHT or self._erasing, PLAIN)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(event.position(), PLAIN)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._release(event.button())

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen, with its weight; what is accepted comes not again as a mouse."""
        kind, place = event.type(), event.position()
        if kind == QEvent.Type.TabletPress:
            turned = event.pointerType() == QPointingDevice.PointerType.Eraser
            erases = turned or event.button() == RIGHT or self._erasing
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._press(place, event.button(), erases, event.pressure())
        elif kind == QEvent.Type.TabletMove:
            self._move(place, event.pressure())
        elif kind == QEvent.Type.TabletRelease:
            self._release(event.button())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """The pad's own letters go before the window's while it has the keyboard."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain and event.key() in _KEYS:
                event.accept()
                return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() != Qt.KeyboardModifier.NoModifier or key not in _KEYS:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_C:
            self.clear()
        elif key == Qt.Key.Key_E:
            self.setErasing(not self._erasing)
        else:
            self.undo()

    # ---- looks -------------------------------------------------------------------------------

    def _square(self) -> QRectF:
        side = float(min(self.width(), self.height()))
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _frame(self) -> QPainterPath:
        frame = QPainterPath()
        box = self._square().adjusted(0.5, 0.5, -0.5, -0.5)
        frame.addRoundedRect(box, theme.RADIUS, theme.RADIUS)
        return frame

    def _paint_frame(self, painter: QPainter) -> None:
        """The accent tells that the keyboard is here."""
        painter.setPen(QPen(theme.colour("accent" if self.hasFocus() else "line"), 1))
        painter.drawPath(self._frame())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width

    def sizeHint(self) -> QSize:
        return QSize(280, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(112, 112)
