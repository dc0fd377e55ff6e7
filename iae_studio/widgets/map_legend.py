"""What the colours of a map mean: a dot and a name for each, or a scale."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.plain import bounded

_DOT, _GAP, _APART, _SCALE = 9, 5, 14, 120  # px
MOST_LINES = 3


@dataclass(frozen=True, eq=False)
class Legend:
    """Colours with their names; a `scale` goes from the first of two to the other."""

    entries: tuple[tuple[str, QColor], ...] = ()
    scale: bool = False
    title: str = ""  # what they are colours of

    @property
    def words(self) -> str:
        """To be read aloud."""
        return ", ".join(filter(None, (self.title, *(name for name, _ in self.entries))))


class MapLegend(QWidget):
    """A line of dots and names, of as many lines as they take."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._legend = Legend()
        self.setObjectName("mapLegend")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)  # the map must not move
        self.setSizePolicy(policy)
        theme.notifier().changed.connect(self._fit)

    def setLegend(self, legend: Legend) -> None:
        self._legend = legend
        self.setAccessibleName(f"Colours: {legend.words}" if legend.words else "No colours")
        self._fit()

    def legend(self) -> Legend:
        """What is shown."""
        return self._legend

    def _line(self) -> int:
        return theme.px(theme.CAPTION) + 6

    def _places(self) -> list[QRect]:
        """Of each entry; from the left, line by line."""
        self.setFont(theme.sized(self.font(), theme.CAPTION))
        x = y = 0
        found = []
        for name, _ in self._legend.entries:
            width = _DOT + _GAP + self.fontMetrics().horizontalAdvance(bounded(name)) + _APART
            if x and x + width > self.width() and y + 1 < MOST_LINES:
                x, y = 0, y + 1
            found.append(QRect(x, y * self._line(), width, self._line()))
            x += width
        return found

    def _fit(self) -> None:
        lines = 1
        if self._legend.entries and not self._legend.scale:
            lines = self._places()[-1].bottom() // self._line() + 1
        self.setFixedHeight(max(lines, 1) * self._line())
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = self._places()
        if self._legend.scale:
            self._paint_scale(painter, places[0].left())
        else:
            for place, (name, colour) in zip(places, self._legend.entries, strict=True):
                self._paint_entry(painter, place, name, colour)
        painter.end()

    def _paint_entry(self, painter: QPainter, place: QRect, name: str, colour: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        middle = place.center().y() + 0.5
        painter.drawEllipse(QPointF(place.left() + _DOT / 2, middle), _DOT / 2, _DOT / 2)
        painter.setPen(theme.colour("text"))
        words = place.adjusted(_DOT + _GAP, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, bounded(name))

    def _paint_scale(self, painter: QPainter, left: int) -> None:
        (low, first), (high, last) = self._legend.entries
        metrics, across = painter.fontMetrics(), left
        painter.setPen(theme.colour("text"))
        for words, after in ((low, _SCALE + 2 * _GAP), (high, 0)):
            width = metrics.horizontalAdvance(words)
            place = QRect(across, 0, width + 2, self._line())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            if after:
                bar = QRectF(across + width + _GAP, self._line() / 2 - 4, _SCALE, 8)
                shades = QLinearGradient(bar.topLeft(), bar.topRight())
                shades.setColorAt(0, first)
                shades.setColorAt(1, last)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(shades)
                painter.drawRoundedRect(bar, 4, 4)
                painter.setPen(theme.colour("text"))
            across += width + after

    def sizeHint(self) -> QSize:
        return QSize(240, self._line())
