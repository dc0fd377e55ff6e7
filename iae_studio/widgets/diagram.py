"""A small drawing of a model: its two maps, its noise, its two games, with the sizes on it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio import theme

HEIGHT = 104
BOX = QSize(48, 26)


@dataclass(frozen=True)
class Plan:
    """What is drawn: captions of the ends, sizes of the noises, and which games are played."""

    source: str  # x
    middle: str  # z
    noise: int  # n, into the decoder
    eps: int = 0  # into the encoder
    back: bool = True  # there is a way back, and so a reconstruction
    reconstruction: bool = True
    regularisation: bool = True


class Diagram(QWidget):
    """source -> middle -> source; the games in their colours below and above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    def setPlan(self, plan: Plan) -> None:
        self._plan = plan
        noise = f"noise n of {plan.noise}" if plan.noise else "no noise"
        self.setAccessibleName(f"{plan.source} to {plan.middle}, {noise}")
        self.setToolTip(
            "The encoder gives the code (blue), the decoder adds the noise n (amber).\n"
            "Teal: the reconstruction game tells pairs of data and code apart.\n"
            "Violet: the regularisation game tells codes from samples of the prior."
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(232, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._plan is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        plan, tokens = self._plan, theme.current()
        left, middle, right = self._boxes()
        self._box(painter, left, plan.source, tokens.muted)
        self._box(painter, middle, plan.middle, tokens.content)
        self._arrow(painter, left, middle, tokens.muted)
        if plan.eps:
            self._noise(painter, (left.right() + middle.left()) / 2, f"ε {plan.eps}")
        if plan.back:
            self._box(painter, right, plan.source + "\u0302", tokens.muted)
            self._arrow(painter, middle, right, tokens.muted)
        if plan.noise:
            start, end = (middle, right) if plan.back else (left, middle)
            self._noise(painter, (start.right() + end.left()) / 2, f"n {plan.noise}")
        if plan.back and plan.reconstruction:
            self._game(painter, left, right, tokens.reconstruction, "reconstruction")
        if plan.regularisation:
            self._prior(painter, middle, tokens.regularisation, "prior" if plan.back else "data")
        painter.end()

    def _boxes(self) -> tuple[QRectF, QRectF, QRectF]:
        top, wide, high = 36.0, float(BOX.width()), float(BOX.height())
        last = self.width() - wide - 0.5
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
        self, painter: QPainter, left: QRectF, right: QRectF, colour: str, words: str
    ) -> None:
        painter.setPen(QPen(QColor(colour), 1))
        low = left.bottom() + 18
        path = QPainterPath(QPointF(left.center().x(), left.bottom() + 3))
        path.lineTo(left.center().x(), low)
        path.lineTo(right.center().x(), low)
        path.lineTo(right.center().x(), right.bottom() + 3)
        painter.drawPath(path)
        place = QRectF(left.left(), low + 3, right.right() - left.left(), 16)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _prior(self, painter: QPainter, middle: QRectF, colour: str, words: str) -> None:
        painter.setPen(QPen(QColor(colour), 1))
        x = middle.center().x()
        painter.drawLine(QPointF(x, 19), QPointF(x, middle.top() - 3))
        painter.drawText(QRectF(x - 40, 2, 80, 16), Qt.AlignmentFlag.AlignCenter, words)
