"""A plot with a view that no hand can lead astray: it ends somewhere, and so does its zoom."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QWidget

from iae_studio.style import theme
from iae_studio.widgets.plot_range import Bounds

ZOOMS = {Qt.Key.Key_Plus: 0.8, Qt.Key.Key_Equal: 0.8, Qt.Key.Key_Minus: 1.25}
_PANS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_STEP = 0.1  # of what is seen, by an arrow key
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
    """A plot in such a view, without pyqtgraph's own buttons and menus.

    The arrow keys move what is seen, plus and minus zoom, Home shows all again.
    """

    resetAsked = Signal()  # by a double click, or Home

    def __init__(self, parent: QWidget | None = None, **parts: Any) -> None:
        self.box = BoundedView()
        super().__init__(parent, viewBox=self.box, **parts)
        self.getPlotItem().hideButtons()
        self.getPlotItem().setMenuEnabled(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.resetAsked.emit()
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in ZOOMS and not held & ~Qt.KeyboardModifier.ShiftModifier:
            self.zoom(ZOOMS[key])
        elif key in _PANS and not held:
            seen, (across, up) = self.box.viewRect(), _PANS[key]
            self.box.translateBy(x=across * seen.width() * _STEP, y=up * seen.height() * _STEP)
        elif key == Qt.Key.Key_Home and not held:
            self.resetAsked.emit()
        else:
            event.ignore()  # the rest belongs to the window

    def zoom(self, by: float) -> None:
        """See so many times as much, about the middle."""
        self.box.scaleBy((by, by))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(theme.colour("accent"))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
            painter.end()
