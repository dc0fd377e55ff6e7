"""One loss of several models in one plot, on a common axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.widgets.elided_label import WrappedLabel
from iae_studio.widgets.history import Doubles, nearest, smooth
from iae_studio.widgets.loss_canvas import LossCanvas
from iae_studio.widgets.plot_range import Bounds, comfortable, padded

WIDEST = 0.1  # of a curve: the window of full smoothing


@dataclass(frozen=True, eq=False)
class Curve:
    """A line through the places that have a value; dashed for a discriminator's loss."""

    x: Doubles
    y: Doubles
    colour: QColor
    dashed: bool = False

    def smoothed(self, share: float) -> Doubles:
        """Means over a part of it, from 0 to a tenth."""
        window = int(share**2 * WIDEST * len(self.y))
        if window < 2:
            return self.y
        return smooth(self.y[:, None], np.ones((len(self.y), 1)), window)[:, 0]


class ComparePlot(QWidget):
    """`comparePlot`: lines, a cross hair, and words where there is nothing to draw."""

    pointed = Signal(float)  # the x below the pointer; NaN when it left

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = LossCanvas(self)
        self._curves: tuple[Curve, ...] = ()
        self._log, self._smoothing = True, 0.5
        self._follows = True  # the view shows everything, until a hand moves it
        self._end, self._range = 10.0, (0.0, 1.0)
        self._empty = WrappedLabel(parent=self.canvas)
        self._empty.setProperty("caption", True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        QVBoxLayout(self.canvas).addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.canvas.pointed.connect(self._point_at)
        self.canvas.resetAsked.connect(self._fit)
        self.canvas.moved.connect(self._stay)
        theme.notifier().changed.connect(self.canvas.restyle)
        self.canvas.restyle()

    def setCurves(self, curves: Sequence[Curve], empty: str = "", anew: bool = True) -> None:
        """Draw these; `empty` is said where there are none.

        Unless they are `anew`, a view that a hand chose stays.
        """
        self._curves = tuple(curves)
        self._follows = self._follows or anew
        self._empty.setText(empty)
        self._draw()

    def setLog(self, on: bool) -> None:
        self._log, self._follows = on, True
        self.canvas.setDecades(on)
        self._draw()

    def setSmoothing(self, share: float) -> None:
        """From 0, as it is, to 1, means over a tenth of each curve."""
        self._smoothing = share
        self._draw()

    def curve(self, place: int) -> tuple[Doubles, Doubles]:
        """What is drawn of a curve: places and values."""
        known = self._curves[place]
        return known.x, known.smoothed(self._smoothing)

    def values(self, x: float) -> list[float]:
        """Of each curve the value nearest to a place; NaN beyond its end."""
        found = []
        for place, curve in enumerate(self._curves):
            near = nearest(curve.x, x)
            beyond = near is None or x > float(curve.x[-1]) * 1.01 + 1
            found.append(math.nan if near is None or beyond else float(self.curve(place)[1][near]))
        return found

    # ---- drawing -----------------------------------------------------------------------------

    def _height(self, values: Doubles) -> Doubles:
        if not self._log:
            return values
        return np.log10(values, out=np.full_like(values, np.nan), where=values > 0)

    def _draw(self) -> None:
        canvas = self.canvas
        canvas.setLines([(curve.colour, curve.dashed) for curve in self._curves])
        heights = []
        for place, curve in enumerate(self._curves):
            heights.append(self._height(self.curve(place)[1]))
            canvas.draw(place, curve.x, heights[-1])
            canvas.draw(place, curve.x, self._height(curve.y), ghost=True)
        self._empty.setVisible(not self._curves)
        canvas.setBlank(not self._curves)
        last = max((float(curve.x[-1]) for curve in self._curves if len(curve.x)), default=10.0)
        low, high = self._range = comfortable(heights, self._log)
        every = [self._height(curve.y) for curve in self._curves]
        far = comfortable([*every, *heights], self._log)
        self._end = last * 1.02
        around = padded((min(low, far[0]), max(high, far[1])), self._log)
        canvas.set_bounds(Bounds(0, last, -0.02 * last, 1.04 * last), Bounds(low, high, *around))
        if self._follows:
            self._fit()

    def _stay(self) -> None:
        self._follows = False

    def _fit(self) -> None:
        self._follows = True
        self.canvas.set_view((0.0, self._end), self._range)

    def _point_at(self, x: float) -> None:
        if not self._curves or not math.isfinite(x):
            self.canvas.setHair(None)
        else:
            spots = [
                (x, float(self._height(np.array([value]))[0]), curve.colour)
                for value, curve in zip(self.values(x), self._curves, strict=True)
            ]
            self.canvas.setHair(x, [spot for spot in spots if math.isfinite(spot[1])])
        self.pointed.emit(x)
