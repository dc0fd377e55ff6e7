"""A square to draw on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets import strokes
from iae_studio.widgets.strokes import Stroke

_FRAME = 33  # ms between two pictures handed on
_KEPT = 200  # drawings that undo goes back through


class SketchPad(QWidget):
    """The left button draws, the right button erases."""

    sketched = Signal(object)  # uint8 [280, 280], black 0, white 255

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._done: tuple[Stroke, ...] = ()
        self._stroke: Stroke | None = None
        self._before: list[tuple[Stroke, ...]] = []
        self._fresh = False  # something is drawn that was not handed on yet
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._hand_on)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Sketch pad")
        self.setToolTip("Draw with the left button, erase with the right")
        theme.notifier().changed.connect(self.update)

    def isEmpty(self) -> bool:
        return not any(not stroke.erases for stroke in self._strokes())

    def canUndo(self) -> bool:
        return bool(self._before)

    def clear(self) -> None:
        """An empty pad; undo brings the drawing back."""
        if self._done:
            self._keep(())

    def undo(self) -> None:
        """Take back the last stroke, or the last clearing."""
        if self._before and self._stroke is None:
            self._done = self._before.pop()
            self._show()

    def _strokes(self) -> tuple[Stroke, ...]:
        return self._done if self._stroke is None else (*self._done, self._stroke)

    def _keep(self, drawing: tuple[Stroke, ...]) -> None:
        self._before = [*self._before[-_KEPT:], self._done]
        self._done = drawing
        self._show()

    def _show(self) -> None:
        """A finished change: hand it on at once."""
        self._fresh = True
        self._timer.stop()
        self._hand_on()
        self.update()

    def _hand_on(self) -> None:
        if self._fresh:
            self._fresh = False
            self._timer.start(_FRAME)
            self.sketched.emit(strokes.picture(self._strokes()))

    def _square(self) -> QRectF:
        side = float(min(self.width(), self.height()))
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _share(self, place: QPointF) -> tuple[float, float]:
        box = self._square()
        side = max(box.width(), 1.0)
        return (place.x() - box.x()) / side, (place.y() - box.y()) / side

    def mousePressEvent(self, event: QMouseEvent) -> None:
        erases = event.button() == Qt.MouseButton.RightButton
        if self._stroke is not None or not (erases or event.button() == Qt.MouseButton.LeftButton):
            return
        self._stroke = Stroke((self._share(event.position()),), erases)
        self._drawn()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None:
            longer = self._stroke.to(*self._share(event.position()))
            if longer is not self._stroke:
                self._stroke = longer
                self._drawn()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        button = Qt.MouseButton.RightButton
        if self._stroke is not None and self._stroke.erases == (event.button() == button):
            drawing = self._strokes()
            self._stroke = None
            self._keep(drawing)

    def _drawn(self) -> None:
        self._fresh = True
        if not self._timer.isActive():
            self._hand_on()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._square()
        frame = QPainterPath()
        frame.addRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.save()
        painter.setClipPath(frame)
        painter.translate(box.topLeft())
        strokes.paint(painter, self._strokes(), box.width())
        painter.restore()
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawPath(frame)
        if not self._strokes():
            painter.setPen(Qt.GlobalColor.lightGray)  # the pad is black in both themes
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(box, flags, "Draw a digit here")
        painter.end()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width

    def sizeHint(self) -> QSize:
        return QSize(strokes.SIDE, strokes.SIDE)

    def minimumSizeHint(self) -> QSize:
        return QSize(112, 112)
