"""Strokes of a pen, on a square whose side is 1: frozen, so that undo is an older tuple."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

SIDE = 280  # px of the picture handed on: ten times an MNIST digit
_INK = 0.085  # pen widths, as shares of the side
_ERASER = 0.16
_LIGHTEST, _HEAVIEST = 0.35, 2.0  # times the usual width, by the weight of the hand
_TREMBLE = 0.004  # shorter moves are the hand's tremble


@dataclass(frozen=True)
class Stroke:
    """One movement of the pen, or of the eraser.

    `weights` are those of the hand at each point: times the usual width. None are all usual.
    """

    points: tuple[tuple[float, float], ...]
    erases: bool = False
    weights: tuple[float, ...] = ()

    def to(self, x: float, y: float, weight: float = 1.0) -> Stroke:
        """The same stroke, drawn on; itself when the pen hardly moved."""
        last = self.points[-1]
        if abs(x - last[0]) + abs(y - last[1]) < _TREMBLE:
            return self
        weights = (*self.weights, weight) if self.weights else ()
        return Stroke((*self.points, (x, y)), self.erases, weights)

    @property
    def even(self) -> bool:
        """Whether it is of one width."""
        return len(set(self.weights)) < 2

    def width(self, weight: float = 1.0) -> float:
        """As a share of the side."""
        return (_ERASER if self.erases else _INK) * min(max(weight, _LIGHTEST), _HEAVIEST)

    def path(self, side: float) -> QPainterPath:
        """A smooth line: the points are handles, the curve runs through the middles between."""
        spots = [QPointF(x * side, y * side) for x, y in self.points]
        path = QPainterPath(spots[0])
        for here, after in pairwise(spots[1:]):
            path.quadTo(here, (here + after) / 2)
        # A dot is a line of no length, which Qt does not draw.
        path.lineTo(spots[-1] if len(spots) > 1 else spots[0] + QPointF(0.01, 0))
        return path

    def pieces(self, side: float) -> Iterator[tuple[QPainterPath, float]]:
        """The line in pieces of one width each, as shares of the side."""
        if self.even:
            yield self.path(side), self.width(*self.weights[:1])
            return
        spots = [QPointF(x * side, y * side) for x, y in self.points]
        for (start, end), (light, heavy) in zip(
            pairwise(spots), pairwise(self.weights), strict=True
        ):
            path = QPainterPath(start)
            path.lineTo(end)
            yield path, self.width((light + heavy) / 2)


def paint(painter: QPainter, strokes: Sequence[Stroke], side: float) -> None:
    """White ink on black, as in MNIST."""
    painter.fillRect(QRectF(0, 0, side, side), Qt.GlobalColor.black)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for stroke in strokes:
        colour = QColor(Qt.GlobalColor.black if stroke.erases else Qt.GlobalColor.white)
        for path, width in stroke.pieces(side):
            pen = QPen(colour, side * width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, pen)


def picture(strokes: Sequence[Stroke]) -> npt.NDArray[np.uint8]:
    """The drawing as uint8 [SIDE, SIDE], black 0, white 255."""
    image = QImage(SIDE, SIDE, QImage.Format.Format_Grayscale8)
    painter = QPainter(image)
    paint(painter, strokes, SIDE)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(SIDE, image.bytesPerLine())
    return rows[:, :SIDE].copy()
