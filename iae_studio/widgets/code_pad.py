"""A pad for a code that is a picture: its own pixels, enlarged, in its own colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.widgets.pad import PLAIN, Pad
from iae_studio.widgets.pixel_pen import Pixels, Place, covered, laid
from iae_studio.widgets.sheet import to_image

_PACE = 16  # ms between two pictures handed on
_ERASER = 2.2  # times the pen's width
Look = tuple[int, int, float, bool]  # ground, line, the width of a line, whether lines are soft


class CodePad(Pad[Pixels]):
    """The pen sets pixels; its weight, of a tablet, makes the line wider or narrower."""

    drawn = Signal(object)  # uint8 [H, W, C]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(np.full((32, 32, 3), 255, np.uint8), _PACE, parent)
        self._ground, self._line, self._soft = 255, 0, True
        self._width = self._wide = 1.0
        self._stroke = self._done  # the picture with the stroke that is being drawn
        self._cover = np.zeros((32, 32), np.float32)
        self._last: Place = (0.0, 0.0)
        self._ink = 0
        # It takes what room there is, and need not be as tall as wide.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Draw a code with the mouse or a pen")
        self.setToolTip(
            "Draw with the left button, erase with the right.\n"
            "U takes back, C clears, E changes pen and eraser."
        )

    def setDomain(self, shape: tuple[int, int, int], look: Look) -> None:
        """An empty picture [H, W, C] of another domain."""
        self._ground, self._line, self._width, self._soft = look
        self._before, self._held = [], None
        self._done = self._stroke = np.full(shape, self._ground, np.uint8)
        self.update()

    def setPenWidth(self, pixels: float) -> None:
        self._width = pixels

    def picture(self) -> Pixels:
        """What is drawn, uint8 [H, W, C]."""
        return self._done if self._held is None else self._stroke

    def isEmpty(self) -> bool:
        return bool((self.picture() == self._ground).all())

    def _blank(self) -> Pixels:
        return np.full_like(self._done, self._ground)

    # ---- strokes -----------------------------------------------------------------------------

    def _begin(self, place: QPointF, erases: bool, pressure: float) -> None:
        self._cover = np.zeros(self._done.shape[:2], np.float32)
        self._ink = self._ground if erases else self._line
        self._wide = self._width * (_ERASER if erases else 1.0)
        self._last = self._place(place)
        self._lay(self._last, pressure)

    def _go_on(self, place: QPointF, pressure: float) -> bool:
        here = self._place(place)
        if here == self._last:
            return False
        before = self._stroke
        self._lay(here, pressure)
        return not np.array_equal(before, self._stroke)

    def _lay(self, here: Place, pressure: float) -> None:
        """The whole stroke is laid at once, so that a soft line is not darker where it crosses."""
        wide = self._wide * (0.5 + pressure) / (0.5 + PLAIN)
        shape = self._cover.shape
        fresh = covered((shape[0], shape[1]), self._last, here, wide, self._soft)
        self._cover = np.maximum(self._cover, fresh)
        self._stroke = laid(self._done, self._cover, self._ink)
        self._last = here

    def _finish(self) -> Pixels:
        return self._stroke

    def _tell(self) -> None:
        self.drawn.emit(self.picture())

    # ---- looks -------------------------------------------------------------------------------

    def _square(self) -> QRectF:
        """Whole device pixels for each of the picture's."""
        height, width = self._done.shape[:2]
        ratio = self.devicePixelRatioF()
        factor = max(1, int(min(self.width() / width, self.height() / height) * ratio))
        wide, high = width * factor / ratio, height * factor / ratio
        left, top = (self.width() - wide) / 2, (self.height() - high) / 2
        return QRectF(int(left * ratio) / ratio, int(top * ratio) / ratio, wide, high)

    def _place(self, place: QPointF) -> Place:
        box = self._square()
        factor = box.width() / self._done.shape[1]
        return (place.x() - box.x()) / factor, (place.y() - box.y()) / factor

    def pixelCentre(self, row: int, column: int) -> QPointF:
        """Where a pixel of the picture is on the widget."""
        box = self._square()
        factor = box.width() / self._done.shape[1]
        return box.topLeft() + QPointF((column + 0.5) * factor, (row + 0.5) * factor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self._square()
        painter.setClipPath(self._frame())  # no corner of the paper outside its round frame
        painter.drawImage(box, to_image(self.picture()))
        painter.setClipping(False)
        if self.isEmpty():
            ink = 96 if self._ground > 128 else 192
            painter.setPen(QColor(ink, ink, ink))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(box, flags, "Draw edges here")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter)
        painter.end()

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        return QSize(160, 160)
