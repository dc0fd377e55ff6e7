"""A small drawing of a model: its two maps, its noise, its two games, with the sizes on it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.plain import plain

WIDTH, HEIGHT = 232, 104
BOX = QSize(52, 26)


@dataclass(frozen=True)
class Plan:
    """source -> middle -> source, in words; an empty word is not drawn."""

    source: str
    middle: str
    code_first: bool = False  # the source is the code, and the middle the data
    back: bool = True  # there is a way back
    there_noise: str = ""  # into the first map
    back_noise: str = ""  # into the second
    reconstruction: str = ""  # how the source is told from what comes back
    by_discriminator: bool = True  # a game, and not a distance
    target: str = ""  # what the middle is told from

    def words(self) -> str:
        return " to ".join([self.source, self.middle, *([self.source] if self.back else [])])


class Diagram(QWidget):
    """source -> middle -> source; the games in their colours below and above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.follow(self, self.updateGeometry)
        theme.notifier().changed.connect(self.update)

    def plan(self) -> Plan | None:
        return self._plan

    def setPlan(self, plan: Plan, tip: str = "") -> None:
        self._plan = plan
        noises = [word for word in (plan.there_noise, plan.back_noise) if word]
        self.setAccessibleName(f"{plan.words()}, noise {' and '.join(noises) or 'none'}")
        self.setToolTip(plain(tip))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(WIDTH // 2, theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._plan is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(theme.CAPTION)
        painter.setFont(font)
        painter.scale(self._factor(), self._factor())
        plan, tokens = self._plan, theme.current()
        left, middle, right = self._boxes()
        ends, inner = tokens.muted, tokens.content
        if plan.code_first:
            ends, inner = inner, ends
        self._box(painter, left, plan.source, ends)
        self._box(painter, middle, plan.middle, inner)
        self._arrow(painter, left, middle, tokens.muted)
        if plan.there_noise:
            self._noise(painter, (left.right() + middle.left()) / 2, plan.there_noise)
        if plan.back:
            self._box(painter, right, plan.source, ends)
            self._hat(painter, right, plan.source)
            self._arrow(painter, middle, right, tokens.muted)
            if plan.back_noise:
                self._noise(painter, (middle.right() + right.left()) / 2, plan.back_noise)
        if plan.reconstruction:
            colour = tokens.reconstruction if plan.by_discriminator else tokens.muted
            self._game(painter, left, right, colour, plan.reconstruction, plan.by_discriminator)
        if plan.target:
            self._prior(painter, middle, tokens.regularisation, plan.target)
        painter.end()

    def _factor(self) -> float:
        """As large as the text around it, but all of it in sight."""
        return min(self.width() / WIDTH, self.height() / HEIGHT)

    def _boxes(self) -> tuple[QRectF, QRectF, QRectF]:
        top, wide, high = 36.0, float(BOX.width()), float(BOX.height())
        last = self.width() / self._factor() - wide - 0.5
        return (
            QRectF(0.5, top, wide, high),
            QRectF(last / 2, top, wide, high),
            QRectF(last, top, wide, high),
        )

    def _box(self, painter: QPainter, box: QRectF, words: str, colour: str) -> None:
        painter.setPen(QPen(QColor(colour), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(theme.current().text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _hat(self, painter: QPainter, box: QRectF, words: str) -> None:
        """The paper's mark for what comes back; few fonts set it well."""
        letter = words.split(" ")[0]
        if len(letter) > 1:
            return
        metrics = painter.fontMetrics()
        left = box.center().x() - metrics.horizontalAdvance(words) / 2
        x = left + metrics.horizontalAdvance(letter) / 2
        high = metrics.xHeight() if letter.islower() else metrics.capHeight()
        y = box.center().y() + (metrics.ascent() - metrics.descent()) / 2 - high - 3
        painter.drawPolyline([QPointF(x - 2.5, y), QPointF(x, y - 2.5), QPointF(x + 2.5, y)])

    def _arrow(self, painter: QPainter, start: QRectF, end: QRectF, colour: str) -> None:
        y, tip = start.center().y(), end.left() - 3
        painter.setPen(QPen(QColor(colour), 1))
        painter.drawLine(QPointF(start.right() + 3, y), QPointF(tip, y))
        painter.drawLine(QPointF(tip, y), QPointF(tip - 4, y - 3))
        painter.drawLine(QPointF(tip, y), QPointF(tip - 4, y + 3))

    def _noise(self, painter: QPainter, x: float, words: str) -> None:
        colour = QColor(theme.current().style)
        painter.setPen(QPen(colour, 1))
        painter.drawText(QRectF(x - 30, 12, 60, 16), Qt.AlignmentFlag.AlignCenter, words)
        painter.drawLine(QPointF(x, 29), QPointF(x, 45))

    def _game(
        self,
        painter: QPainter,
        left: QRectF,
        right: QRectF,
        colour: str,
        words: str,
        by_discriminator: bool,
    ) -> None:
        pen = QPen(QColor(colour), 1)
        if not by_discriminator:
            pen.setDashPattern([3, 3])
        painter.setPen(pen)
        low = left.bottom() + 18
        path = QPainterPath(QPointF(left.center().x(), left.bottom() + 3))
        path.lineTo(left.center().x(), low)
        path.lineTo(right.center().x(), low)
        path.lineTo(right.center().x(), right.bottom() + 3)
        painter.drawPath(path)
        painter.setPen(QPen(QColor(colour), 1))
        place = QRectF(left.left(), low + 3, right.right() - left.left(), 16)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _prior(self, painter: QPainter, middle: QRectF, colour: str, words: str) -> None:
        painter.setPen(QPen(QColor(colour), 1))
        x = middle.center().x()
        painter.drawLine(QPointF(x, 19), QPointF(x, middle.top() - 3))
        painter.drawText(QRectF(x - 60, 2, 120, 16), Qt.AlignmentFlag.AlignCenter, words)
