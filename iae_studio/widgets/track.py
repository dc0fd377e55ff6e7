"""The track of a value slider, which one drags."""

from __future__ import annotations

from PySide6.QtCore import Property, QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleValueChangeEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSpinBox, QSizePolicy, QWidget

from iae_studio.style import theme

_RADIUS = 6.0  # of the handle
_KEYS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 5,
    Qt.Key.Key_PageDown: -5,
}


class Track(QAbstractSpinBox):
    """A slider that fills from its resting place, so that both directions read at a glance.

    A screen reader is told of a spin box, by its text and its four properties: of a `QSlider` it
    would hear a whole number of positions in place of the number that is shown.
    """

    dragged = Signal(float)  # share of the way, 0 to 1
    stepped = Signal(int)  # steps up or down, by key or wheel
    reset = Signal()
    typed = Signal(str)  # a first digit: the number takes over
    asked = Signal(float)  # a number, by a screen reader

    def __init__(
        self, role: str, low: float, high: float, step: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._step = low, high, step
        self._rest = self._share = self._number = 0.0
        self._held = False  # by the mouse
        self._wheel = 0
        self.setProperty("role", role)
        self.lineEdit().hide()  # a screen reader reads the number there
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.notifier().changed.connect(self.update)

    def setRest(self, share: float) -> None:
        """Where the track is empty: the default, as a share of the way."""
        self._rest = share
        self.update()

    def showNumber(self, share: float, number: float, words: str) -> None:
        """Put the handle at a share of the way, where a number stands, which reads so."""
        self._share, self._number = share, number
        self.lineEdit().setText(words)
        self.update()
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, number))

    value = Property(float, lambda self: self._number, lambda self, number: self.asked.emit(number))
    minimum = Property(float, lambda self: self._low)
    maximum = Property(float, lambda self: self._high)
    singleStep = Property(float, lambda self: self._step)

    def sizeHint(self) -> QSize:
        return QSize(120, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, 20)

    def handleX(self, share: float) -> float:
        """Where the handle's centre is for a share of the way, in the widget's coordinates."""
        return _RADIUS + 1 + share * (self.width() - 2 * _RADIUS - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        here = self.handleX(self._share)
        rest = self.handleX(self._rest)
        ink = theme.colour(self.property("role") if self.isEnabled() else "muted")
        if not self.isEnabled():
            ink.setAlphaF(0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(QRectF(1, middle - 2, self.width() - 2, 4), 2, 2)
        if 0.0 < self._rest < 1.0:
            painter.setBrush(theme.colour("muted", 0.6))
            painter.drawRoundedRect(QRectF(rest - 1, middle - 4, 2, 8), 1, 1)
        painter.setBrush(ink)
        painter.drawRoundedRect(QRectF(min(rest, here), middle - 2, abs(here - rest), 4), 2, 2)
        self._paint_handle(painter, here, middle, ink)

    def _paint_handle(self, painter: QPainter, x: float, y: float, ink: QColor) -> None:
        ground = theme.colour("panel")
        lit = self.isEnabled() and (self.underMouse() or self._held)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("text"), 1.5))
            painter.drawEllipse(QRectF(x - 6.25, y - 6.25, 12.5, 12.5))
        radius = _RADIUS - 1.5 if self.hasFocus() else _RADIUS - (0 if lit else 0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(
            QRectF(x - radius - 0.5, y - radius - 0.5, 2 * radius + 1, 2 * radius + 1)
        )
        painter.setBrush(ink)
        painter.drawEllipse(QRectF(x - radius, y - radius, 2 * radius, 2 * radius))

    def _share_at(self, x: float) -> float:
        room = max(self.width() - 2 * _RADIUS - 2, 1.0)
        return min(max((x - _RADIUS - 1) / room, 0.0), 1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self.dragged.emit(self._share_at(event.position().x()))
            event.accept()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self.dragged.emit(self._share_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = False
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _KEYS:
            self.stepped.emit(_KEYS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.dragged.emit(float(key == Qt.Key.Key_End))
        elif _begins_number(event, ".,"):
            self.typed.emit(event.text())
        else:
            event.ignore()  # Space, T and the rest belong to the window

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A page that scrolls under the pointer must not change values that happen to pass by.
        if not self.hasFocus() and self._in_scrolling_page():
            event.ignore()
            return
        delta = event.angleDelta()
        self._wheel += delta.y() or delta.x()
        steps = int(self._wheel / 120)  # touch pads send fractions of a notch
        self._wheel -= steps * 120
        if steps:
            self.stepped.emit(steps)
        event.accept()

    def _in_scrolling_page(self) -> bool:
        above = self.parentWidget()
        while above is not None and not (
            isinstance(above, QAbstractScrollArea) and above.verticalScrollBar().maximum() > 0
        ):
            above = above.parentWidget()
        return above is not None

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()  # a spin box would select its text

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        if event.type() == QEvent.Type.ShortcutOverride:
            if _begins_number(event):
                event.accept()  # it is no key of the window here
            return True  # a spin box would take every letter
        return bool(super().event(event))


def _begins_number(event: QEvent, more: str = "") -> bool:
    assert isinstance(event, QKeyEvent)
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    commanded = bool(held & ~Qt.KeyboardModifier.ShiftModifier)
    return bool(event.text()) and event.text() in f"0123456789-{more}" and not commanded
