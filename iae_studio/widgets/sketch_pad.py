"""A square to draw a digit on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from iae_studio.widgets import strokes
from iae_studio.widgets.pad import PLAIN, Pad
from iae_studio.widgets.strokes import Stroke
from trainer.messages import Pixels

_PACE = 33  # ms between two pictures handed on


class SketchPad(Pad[tuple[Stroke, ...]]):
    """White ink on black, as wide as the pen is heavy."""

    sketched = Signal(object)  # uint8 [280, 280], black 0, white 255

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((), _PACE, parent)
        self._stroke: Stroke | None = None
        self.setAccessibleName("Sketch pad")
        self.setToolTip(
            "Draw with the left button, erase with the right.\n"
            "U takes back, C clears, E changes pen and eraser."
        )

    def isEmpty(self) -> bool:
        return not any(not stroke.erases for stroke in self._strokes())

    def _strokes(self) -> tuple[Stroke, ...]:
        return self._done if self._stroke is None else (*self._done, self._stroke)

    def _blank(self) -> tuple[Stroke, ...]:
        return ()

    def _begin(self, place: QPointF, erases: bool, pressure: float) -> None:
        self._stroke = Stroke((self._share(place),), erases, (pressure / PLAIN,))

    def _go_on(self, place: QPointF, pressure: float) -> bool:
        if self._stroke is None:
            return False
        longer = self._stroke.to(*self._share(place), pressure / PLAIN)
        changed = longer is not self._stroke
        self._stroke = longer
        return changed

    def _finish(self) -> tuple[Stroke, ...]:
        drawing = self._strokes()
        self._stroke = None
        return drawing

    def _tell(self) -> None:
        self.sketched.emit(self.picture())

    def picture(self) -> Pixels:
        """All that is on it, as `sketched` tells it."""
        return strokes.picture(self._strokes())

    def _share(self, place: QPointF) -> tuple[float, float]:
        box = self._square()
        side = max(box.width(), 1.0)
        return (place.x() - box.x()) / side, (place.y() - box.y()) / side

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._square()
        painter.save()
        painter.setClipPath(self._frame())
        painter.translate(box.topLeft())
        strokes.paint(painter, self._strokes(), box.width())
        painter.restore()
        self._paint_frame(painter)
        if not self._strokes():
            painter.setPen(Qt.GlobalColor.lightGray)  # the pad is black in both themes
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(box, flags, "Draw a digit here")
        painter.end()
