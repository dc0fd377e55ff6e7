"""A plot with a view that no hand can lead astray: it ends somewhere, and so does its zoom."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QWidget

from iae_studio.widgets.plot_range import Bounds

_MOST = 2880  # of a wheel at once, 24 notches: a touch pad may send any number


class BoundedView(pg.ViewBox):  # type: ignore[misc]
    """It stays within its bounds, and is finite whatever is done to it."""

    def __init__(self) -> None:
        self._bounds: tuple[Bounds, Bounds] | None = None
        super().__init__()

    def setBounds(self, x: Bounds, y: Bounds) -> None:
        """From now on; the view itself goes there at once."""
        if (x, y) != self._bounds:
            self._bounds = x, y
            across, along = self.viewRange()
            self.setRange(xRange=across, yRange=along, padding=0)

    def setRange(self, rect: QRectF | None = None, **how: Any) -> None:
        """Every gesture ends here."""
        wanted = [how.pop("xRange", None), how.pop("yRange", None)]
        if rect is not None:
            wanted = [(rect.left(), rect.right()), (rect.top(), rect.bottom())]
        for axis, ends in enumerate(wanted):
            if ends is None or not all(map(math.isfinite, ends)):
                wanted[axis] = None
            elif self._bounds is not None:
                wanted[axis] = self._bounds[axis].kept(min(ends), max(ends))
        if wanted != [None, None]:
            super().setRange(xRange=wanted[0], yRange=wanted[1], **how)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        event.setDelta(min(max(event.delta(), -_MOST), _MOST))
        super().wheelEvent(event, axis)


class BoundedPlot(pg.PlotWidget):  # type: ignore[misc]
    """A plot in such a view, without pyqtgraph's own buttons and menus."""

    resetAsked = Signal()  # by a double click

    def __init__(self, parent: QWidget | None = None, **parts: Any) -> None:
        self.box = BoundedView()
        super().__init__(parent, viewBox=self.box, **parts)
        self.getPlotItem().hideButtons()
        self.getPlotItem().setMenuEnabled(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.resetAsked.emit()
            event.accept()
