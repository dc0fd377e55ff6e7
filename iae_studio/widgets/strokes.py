"""Strokes of a pen, on a square whose side is 1: frozen, so that undo is an older tuple."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

SIDE = 280  # px of the picture handed on: ten times an MNIST digit
_INK = 0.085  # pen widths, as shares of the side
_ERASER = 0.16
_TREMBLE = 0.004  # shorter moves are the hand's tremble


@dataclass(frozen=True)
class Stroke:
    """One movement of the pen, or of the eraser."""

    points: tuple[tuple[float, float], ...]
    erases: bool = False

    def to(self, x: float, y: float) -> Stroke:
        """The same stroke, drawn on; itself when the pen hardly moved."""
        last = self.points[-1]
        if abs(x - last[0]) + abs(y - last[1]) < _TREMBLE:
            return self
        return Stroke((*self.points, (x, y)), self.erases)

    def path(self, side: float) -> QPainterPath:
        """A smooth line: the points are handles, the curve runs through the middles between."""
        spots = [QPointF(x * side, y * side) for x, y in self.points]
        path = QPainterPath(spots[0])
        for here, after in pairwise(spots[1:]):
            path.quadTo(here, (here + after) / 2)
        # A dot is a line of no length, which Qt does not draw.
        path.lineTo(spots[-1] if len(spots) > 1 else spots[0] + QPointF(0.01, 0))
        return path


def paint(painter: QPainter, strokes: Sequence[Stroke], side: float) -> None:
    """White ink on black, as in MNIST."""
    painter.fillRect(QRectF(0, 0, side, side), Qt.GlobalColor.black)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for stroke in strokes:
        colour = QColor(Qt.GlobalColor.black if stroke.erases else Qt.GlobalColor.white)
        pen = QPen(colour, side * (_ERASER if stroke.erases else _INK))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(stroke.path(side), pen)


def picture(strokes: Sequence[Stroke]) -> npt.NDArray[np.uint8]:
    """The drawing as uint8 [SIDE, SIDE], black 0, white 255."""
    image = QImage(SIDE, SIDE, QImage.Format.Format_Grayscale8)
    painter = QPainter(image)
    paint(painter, strokes, SIDE)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(SIDE, image.bytesPerLine())
    return rows[:, :SIDE].copy()
