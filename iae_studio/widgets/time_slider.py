"""A slider over the moments of a run, with a place for now at its right end."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from iae_studio.style import theme
from iae_studio.widgets.plain import plain
from iae_studio.widgets.spoken import describe

_RADIUS = 6.0  # of the handle
_GRIP = 7  # px beside an end of the range: there it is taken
_ENDS = {"[": 0, "]": 1}  # the keys that bring an end of the range to the handle
_DENSE = 4.0  # px: ticks closer to each other are left out

Range = tuple[int, int]  # places, from 0


class TimeSlider(QSlider):
    """Every moment is a tick, as far from the next as any other; the last place is live.

    The value is a place. A range that is played again and again has an end to drag at each side.
    """

    looked = Signal(int)  # a place; the number of moments: the newest weights
    rangeMoved = Signal(int, int)  # its first and last place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._words: tuple[str, ...] = ()
        self._range: Range | None = None
        self._end: int | None = None  # which end of the range is dragged
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setRange(0, 0)
        self.setPageStep(5)
        self.valueChanged.connect(self.looked)
        # The value alone is a place; of a place that a hand goes to, the words are said at once.
        self.valueChanged.connect(lambda place: describe(self, self.wordsOf(place)))
        theme.notifier().changed.connect(self.update)

    # ---- what it shows -----------------------------------------------------------------------

    def setMoments(self, words: Sequence[str]) -> None:
        """So many ticks, each with its words; says nothing."""
        with QSignalBlocker(self):
            live = self.value() == self.maximum()
            self._words = tuple(words)
            self.setRange(0, len(self._words))
            if live:
                self.setValue(self.maximum())
        self.setAccessibleDescription(self.wordsOf(self.value()))
        self.update()

    def setPlace(self, place: int) -> None:
        """Stand there; says nothing."""
        with QSignalBlocker(self):
            self.setValue(place)
        self.setAccessibleDescription(self.wordsOf(self.value()))
        self.update()

    def setLoop(self, places: Range | None) -> None:
        """Mark the moments that are played again and again; says nothing."""
        self._range = places
        self.update()

    def loop(self) -> Range | None:
        """The places that are played again and again."""
        return self._range

    def placeX(self, place: int) -> float:
        """Where a place is, in the widget's coordinates."""
        room = self.width() - 2 * _RADIUS - 4
        return _RADIUS + 2 + room * place / max(self.maximum(), 1)

    def placeAt(self, x: float) -> int:
        """The nearest place."""
        room = max(self.width() - 2 * _RADIUS - 4, 1.0)
        share = min(max((x - _RADIUS - 2) / room, 0.0), 1.0)
        return round(share * self.maximum())

    def wordsOf(self, place: int) -> str:
        """What is said of a place."""
        return self._words[place] if place < len(self._words) else "Live: the newest weights"

    def sizeHint(self) -> QSize:
        return QSize(240, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 24)

    # ---- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, last = self.height() / 2, self.maximum()
        here, live = self.placeX(self.value()), self.value() == last
        ink = theme.colour("accent") if live else theme.colour("text")
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(QRectF(2, middle - 2, self.width() - 4, 4), 2, 2)
        painter.setBrush(theme.colour("muted", 0.55))
        painter.drawRoundedRect(QRectF(2, middle - 2, here - 2, 4), 2, 2)
        self._paint_ticks(painter, middle)
        if self._range is not None:
            self._paint_range(painter, middle, self._range)
        end = self.placeX(last)
        painter.setPen(QPen(theme.colour("accent"), 1.5))
        painter.setBrush(theme.colour("panel"))
        painter.drawEllipse(QRectF(end - 4, middle - 4, 8, 8))
        self._paint_handle(painter, here, middle, ink)

    def _paint_ticks(self, painter: QPainter, middle: float) -> None:
        before = -_DENSE
        for place in range(len(self._words)):
            x = self.placeX(place)
            if x - before >= _DENSE:
                before = x
                reached = place <= self.value()
                painter.setBrush(theme.colour("text" if reached else "muted", 0.9))
                painter.drawRect(QRectF(round(x) - 0.5, middle - 5, 1, 10))

    def _paint_range(self, painter: QPainter, middle: float, ends: Range) -> None:
        left, right = (self.placeX(place) for place in ends)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent", 0.35))
        painter.drawRect(QRectF(left, middle - 2, right - left, 4))
        painter.setPen(QPen(theme.colour("accent"), 2))
        for x, inwards in ((left, 3), (right, -3)):
            painter.drawPolyline([*_bracket(x, inwards, middle)])

    def _paint_handle(self, painter: QPainter, x: float, y: float, ink: QColor) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = _RADIUS - (0 if self.underMouse() or self.isSliderDown() else 0.5)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("text"), 1.5))
            painter.drawEllipse(QRectF(x - 6.25, y - 6.25, 12.5, 12.5))
            radius = _RADIUS - 2
        painter.setPen(Qt.PenStyle.NoPen)
        for grown, colour in ((radius + 1, theme.colour("panel")), (radius, ink)):
            painter.setBrush(colour)
            painter.drawEllipse(QRectF(x - grown, y - grown, 2 * grown, 2 * grown))

    # ---- hands -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._end = self._end_at(event.position().x())
        self.setSliderDown(True)
        if self._end is None:
            self.setValue(self.placeAt(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.isSliderDown():
            return
        place = self.placeAt(event.position().x())
        if self._end is None:
            self.setValue(place)
        else:
            self._move_end(self._end, place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end = None
        self.setSliderDown(False)
        self.update()

    def _end_at(self, x: float) -> int | None:
        """The end of the range that is taken there, unless the handle lies nearer."""
        if self._range is None:
            return None
        away = [abs(self.placeX(place) - x) for place in self._range]
        nearest = min(away)
        if nearest > _GRIP or abs(self.placeX(self.value()) - x) < nearest:
            return None
        return away.index(nearest)

    def _move_end(self, end: int, place: int) -> None:
        assert self._range is not None
        ends, last = list(self._range), len(self._words) - 1
        ends[end] = min(max(place, 0), last)
        if ends[0] < ends[1] and tuple(ends) != self._range:
            self._range = ends[0], ends[1]
            self.rangeMoved.emit(*self._range)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self._sets_end(event):
            self._move_end(_ENDS[event.text()], self.value())
        elif held or event.key() == Qt.Key.Key_Space:
            event.ignore()  # these belong to the window
        else:
            super().keyPressEvent(event)

    def _sets_end(self, event: QKeyEvent) -> bool:
        return event.text() in _ENDS and self._range is not None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self._sets_end(event):
                event.accept()  # else the window takes it, for its columns
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.wordsOf(self.placeAt(event.pos().x()))
            QToolTip.showText(event.globalPos(), plain(words), self)
            return True
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return bool(super().event(event))


def _bracket(x: float, inwards: float, middle: float) -> Sequence[QPointF]:
    """One end of the range."""
    return (
        QPointF(x + inwards, middle - 8),
        QPointF(x, middle - 8),
        QPointF(x, middle + 8),
        QPointF(x + inwards, middle + 8),
    )
