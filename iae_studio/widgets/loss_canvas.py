"""The drawing surface of the loss plot: axes, cross hair and lines on pyqtgraph."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from iae_studio.style import theme
from iae_studio.widgets.curve_legend import curve_pen
from iae_studio.widgets.keyed_plot import KeyedPlot
from iae_studio.widgets.plot_range import Bounds

Doubles = npt.NDArray[np.float64]


class _Steps(pg.AxisItem):  # type: ignore[misc]
    """Whole steps, short: 20k, 1.2M."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [_short(value) for value in values]


def _short(value: float) -> str:
    for unit, name in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= unit:
            return f"{value / unit:.6g}{name}"
    return f"{value:.6g}"


class _Values(pg.AxisItem):  # type: ignore[misc]
    """Losses; in log mode the axis counts decades."""

    decades = True

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        if not self.decades:
            return list(super().tickSpacing(low, high, size))
        whole = float(max(round((high - low) / max(size / 36, 1)), 1))
        return [(whole, 0)] if high - low > 1.2 else [(whole, 0), (0.25, 0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        if not self.decades:
            return [f"{value:.4g}".replace("-", "\N{MINUS SIGN}") for value in values]
        return [f"{10.0**value:.3g}".replace("e-0", "e-") for value in values]


class _Line(pg.PlotCurveItem):  # type: ignore[misc]
    """A line drawn again, a little apart: Qt strokes one pixel a hundred times faster than 1.4.

    A screen's pixel, that is: where two make one of ours, even a plain line is drawn twice.

    A ghost, too faint for its edges to be seen, is not smoothed, which is twice as fast.
    """

    def __init__(self, bold: bool, smooth: bool) -> None:
        super().__init__(connect="finite", antialias=smooth)
        self.bold = bold
        self._bounds: QRectF | None = None

    def boundingRect(self) -> QRectF:
        """The whole view and a little more.

        To find the line's own bounds costs as much as to draw it.
        """
        if self._bounds is None:
            box = self.getViewBox()
            if box is None:
                return QRectF()
            wide, high = (3 * length for length in box.viewPixelSize())
            self._bounds = QRectF(box.viewRect()).adjusted(-wide, -high, wide, high)
        return self._bounds

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()
        self._bounds = None
        super().viewTransformChanged()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget) -> None:
        super().paint(painter, option, widget)
        wide, high = self.pixelWidth() or 0.0, self.pixelHeight() or 0.0
        for _ in range(math.ceil(painter.device().devicePixelRatio()) - (not self.bold)):
            painter.translate(0.4 * wide, 0.4 * high)
            super().paint(painter, option, widget)


class LossCanvas(KeyedPlot):
    """Lines in view coordinates; it knows nothing of histories."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._x, self._y = _Steps("bottom"), _Values("left")
        super().__init__(parent, axisItems={"bottom": self._x, "left": self._y})
        self.getPlotItem().setContentsMargins(theme.GRID, theme.GAP, theme.PAD, theme.GRID)
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0)
        self.box.sigRangeChangedManually.connect(lambda _: self.moved.emit())
        self.setFrameShape(self.Shape.NoFrame)
        theme.follow(self, self._fit_axes)
        self.paint_ms = 0.0  # what the last painting took
        self._lines: list[_Line] = []
        self._ghosts: list[_Line] = []
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        self._hair.hide()
        self._spots = pg.ScatterPlotItem(size=7, pxMode=True)
        for extra in (self._hair, self._spots):
            self.addItem(extra, ignoreBounds=True)
        self.setAccessibleName("Losses by step")

    def _fit_axes(self) -> None:
        self._y.setWidth(theme.px(48))
        self._x.setHeight(theme.px(24))

    def setLines(self, pens: Sequence[tuple[QColor, bool]]) -> None:
        """One line, and one ghost below it, for each colour (and whether it is dashed)."""
        while len(self._lines) > len(pens):
            self.removeItem(self._lines.pop())
            self.removeItem(self._ghosts.pop())
        while len(self._lines) < len(pens):
            for kind, depth in ((self._ghosts, -20), (self._lines, -10)):
                kind.append(_Line(bold=False, smooth=kind is self._lines))
                kind[-1].setZValue(depth)
                self.addItem(kind[-1], ignoreBounds=True)
        for (colour, dashed), line, ghost in zip(pens, self._lines, self._ghosts, strict=True):
            line.bold = not dashed
            line.setPen(curve_pen(colour, dashed))
            faint = QColor(colour)
            faint.setAlphaF(0.22)
            ghost.setPen(curve_pen(faint, False))

    def draw(self, index: int, x: Doubles, y: Doubles, ghost: bool = False) -> None:
        line = (self._ghosts if ghost else self._lines)[index]
        if len(x) or (line.xData is not None and len(line.xData)):  # most losses stay empty
            line.setData(x, y)

    def show_line(self, index: int, shown: bool) -> None:
        self._lines[index].setVisible(shown)
        self._ghosts[index].setVisible(shown)

    def line(self, index: int) -> tuple[Doubles, Doubles]:
        """What is drawn, in view coordinates."""
        x, y = self._lines[index].getData()
        empty = np.zeros(0)
        return (empty, empty) if x is None else (x, y)

    def line_shown(self, index: int) -> bool:
        return bool(self._lines[index].isVisible())

    def setDecades(self, on: bool) -> None:
        self._y.decades = on
        self._y.picture = None
        self._y.update()

    def setHair(self, x: float | None, spots: Sequence[tuple[float, float, QColor]] = ()) -> None:
        """The cross hair, and a dot on each line."""
        self._hair.setVisible(x is not None)
        if x is not None:
            self._hair.setValue(x)
        self._spots.setData(
            [{"pos": (px, py), "brush": colour, "pen": None} for px, py, colour in spots]
        )

    def setBlank(self, blank: bool) -> None:
        """Without axes, which would mean nothing."""
        for axis in (self._x, self._y):
            if axis.isVisible() == blank:
                axis.setVisible(not blank)
        self.getPlotItem().showGrid(x=False, y=not blank, alpha=0.55)
        self.setKeyed(not blank)

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        self.setBackground(theme.colour("panel"))
        font = theme.tabular(theme.sized(self.font(), theme.CAPTION))
        for axis in (self._x, self._y):
            axis.setPen(theme.colour("line"))
            axis.setTextPen(theme.colour("muted"))
            axis.setStyle(tickFont=font, tickLength=0, tickTextOffset=6)
        self._hair.setPen(pg.mkPen(theme.colour("muted"), width=1))

    def view_x(self) -> tuple[float, float]:
        (low, high), _ = self.box.viewRange()
        return low, high

    def set_bounds(self, x: Bounds, y: Bounds) -> None:
        """What hands can reach."""
        self.box.setBounds(x, y)
        self.setEnds(x.first, x.last)

    def set_view(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.box.setRange(xRange=x, yRange=y, padding=0)

    def paintEvent(self, event: QPaintEvent) -> None:
        started = time.perf_counter()
        super().paintEvent(event)
        self.paint_ms = 1e3 * (time.perf_counter() - started)
