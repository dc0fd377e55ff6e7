"""How much of what is seen comes from the code, and how much from the noise."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme

LABEL = "noise share"
BAR, HEIGHT = 120, 20
WORDS, DIGITS = 120, 52  # px of the text before and after the bar


class Gauge(QWidget):
    """A bar, content in blue and style in amber, with the noise's share in digits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = None
        self._folded = False
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            "Noise share: of the reconstructions' distance from the mean image,\n"
            "the part that the noise makes; the rest is the code's"
        )
        self.setFont(theme.tabular(self.font()))
        theme.follow(self, self.updateGeometry)
        theme.notifier().changed.connect(self.update)

    def share(self) -> float | None:
        return self._share

    def setShare(self, share: float | None) -> None:
        """0 (all from the code) to 1 (all from the noise); None while nothing is known."""
        if share is not None and not isfinite(share):
            share = None  # of a run that exploded
        self._share = share
        words = "unknown" if share is None else f"{share:.0%}"
        self.setAccessibleName(f"Noise share {words}")
        self.update()

    def fold(self, folded: bool) -> None:
        """Leave the words out, which the tool tip has too, or show them again."""
        if folded != self._folded:
            self._folded = folded
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(BAR + theme.px(DIGITS + (0 if self._folded else WORDS)), theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(BAR + theme.px(DIGITS), theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.current()
        middle = self.height() / 2
        bar = QRectF(self.width() - BAR - theme.px(DIGITS), middle - 3, BAR, 6)
        share = self._share
        painter.setPen(QColor(tokens.muted))
        words = QRectF(0, 0, bar.left() - 8, self.height())
        if painter.fontMetrics().horizontalAdvance(LABEL) <= words.width():
            painter.drawText(words, 0x0082, LABEL)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(tokens.line if share is None else tokens.content))
        painter.drawRoundedRect(bar, 3, 3)
        if share is not None:
            painter.setBrush(QColor(tokens.style))
            wide = BAR * min(1.0, max(0.0, share))
            painter.drawRoundedRect(QRectF(bar.right() - wide, bar.top(), wide, 6), 3, 3)
            painter.setPen(QColor(tokens.style))
            painter.drawText(
                QRectF(bar.right() + 8, 0, theme.px(DIGITS) - 8, self.height()),
                0x0081,
                f"{share:.0%}",
            )
