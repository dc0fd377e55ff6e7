"""The time in a plot over steps: a line that a hand moves, and marks with words."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from iae_studio.style import theme
from iae_studio.widgets.bounded_view import BoundedPlot

_NEAR = 5  # px from the line: there it can be taken
_STILL = 4  # px that a hand moves in a click


class PlotTime(QObject):
    """A click sets the time, and so does dragging its line; a double click takes a click back."""

    asked = Signal(float)  # a step
    takenBack = Signal()  # the click was the first of a double click, which means the plot

    def __init__(self, plot: BoundedPlot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._offered = False  # there are moments to look at
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setZValue(20)
        self._line.hide()
        self._marks: list[tuple[int, str]] = []
        self._lines: list[pg.InfiniteLine] = []
        self._pressed: QPointF | None = None
        self._dragged = self._past = self._clicked = False
        plot.addItem(self._line, ignoreBounds=True)
        plot.viewport().installEventFilter(self)
        self.restyle()

    # ---- what it shows -----------------------------------------------------------------------

    def show_at(self, step: float | None, past: bool) -> None:
        """The step that is looked at, of the past or the newest; None: time means nothing here."""
        self._offered, self._past = step is not None, past
        self._line.setVisible(self._offered)
        if step is not None:
            self._line.setValue(step)
            self.restyle()
        if not self._offered:
            self._dragged = False
            self._plot.viewport().unsetCursor()

    def ask(self, step: float) -> None:
        """Look at a step, as a click there does."""
        if self._offered:
            self.asked.emit(step)

    def step(self) -> float | None:
        """Where the line stands."""
        return float(self._line.value()) if self._offered else None

    def marks(self) -> list[tuple[int, str]]:
        """The steps that are marked."""
        return self._marks

    def setMarks(self, marks: Sequence[tuple[int, str]]) -> None:
        """Mark these steps, and no others."""
        for line in self._lines:
            self._plot.removeItem(line)
        self._marks, self._lines = list(marks), []
        for number, (step, text) in enumerate(self._marks):
            words = text.replace("{", "{{").replace("}", "}}")
            how = {
                "position": (1.0, 0.7)[number % 2],
                "anchors": [(0, 0), (0, 0)],
                "movable": False,
            }
            line = pg.InfiniteLine(step, angle=90, label=words, labelOpts=how)
            line.setZValue(10)
            self._plot.addItem(line, ignoreBounds=True)
            self._lines.append(line)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        strong = theme.colour("text") if self._past else theme.colour("muted", 0.6)
        self._line.setPen(pg.mkPen(strong, width=2 if self._past else 1))
        for line in self._lines:
            line.setPen(pg.mkPen(theme.colour("muted"), width=1, style=Qt.PenStyle.DotLine))
            line.label.setColor(theme.colour("muted"))
            line.label.setFont(theme.sized(self._plot.font(), theme.CAPTION))

    # ---- hands -------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Of the plot's own surface; what is not about the time goes its way."""
        if not self._offered or not isinstance(event, QMouseEvent):
            return False
        kind, left = event.type(), event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseButtonPress and left:
            self._pressed, self._dragged = event.position(), self._near(event.position())
            return self._dragged
        if kind == QEvent.Type.MouseMove:
            return self._moved(event.position())
        if kind == QEvent.Type.MouseButtonRelease and left:
            return self._released(event.position())
        if kind == QEvent.Type.MouseButtonDblClick and left:
            self._pressed = None
            if self._clicked:
                self.takenBack.emit()
            self._clicked = False
        return False

    def _moved(self, place: QPointF) -> bool:
        if self._dragged:
            self.asked.emit(self._at(place).x())
        elif self._near(place):
            self._plot.viewport().setCursor(Qt.CursorShape.SplitHCursor)
        else:
            self._plot.viewport().unsetCursor()
        return self._dragged

    def _released(self, place: QPointF) -> bool:
        pressed, dragged = self._pressed, self._dragged
        self._pressed, self._dragged = None, False
        still = pressed is not None and (place - pressed).manhattanLength() < _STILL
        self._clicked = still and not dragged and self._inside(place)
        if self._clicked:
            self.asked.emit(self._at(place).x())
        return dragged

    def _at(self, place: QPointF) -> QPointF:
        return QPointF(self._plot.box.mapSceneToView(self._plot.mapToScene(place.toPoint())))

    def _inside(self, place: QPointF) -> bool:
        scene = self._plot.mapToScene(place.toPoint())
        return bool(self._plot.box.sceneBoundingRect().contains(scene))

    def _near(self, place: QPointF) -> bool:
        value = QPointF(self._line.value(), self._plot.box.viewRect().center().y())
        line = self._plot.mapFromScene(self._plot.box.mapViewToScene(value))
        return abs(line.x() - place.x()) <= _NEAR and self._inside(place)
