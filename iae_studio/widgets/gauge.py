"""How much of what is seen comes from the code, and how much from the noise."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.plain import plain

BAR, HEIGHT = 60, 20  # px at the least
WORDS, DIGITS = 84, 44  # px of the text before and after the bar


class Gauge(QWidget):
    """A bar, content in blue and style in amber, with the noise's share in digits."""

    def __init__(self, label: str = "noise share", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._share: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.tabular(self.font()))
        self.rename(label)
        theme.follow(self, self.updateGeometry)
        theme.notifier().changed.connect(self.update)

    def rename(self, label: str) -> None:
        """Whose share it is."""
        self._label = label
        self.setToolTip(
            plain(
                f"{label}: of the pictures' distance from the mean image, the amber part\n"
                "is what the noise makes; the blue rest is the code's"
            )
        )
        self.setAccessibleName(f"Noise share, {label}, {self._words() or 'unknown'}")
        self.update()

    def share(self) -> float | None:
        return self._share

    def setShare(self, share: float | None) -> None:
        """0 (all from the code) to 1 (all from the noise); None while nothing is known."""
        if share is not None and not isfinite(share):
            share = None  # of a run that exploded
        if share != self._share:
            self._share = share
            self.update()
        self.setAccessibleName(f"Noise share, {self._label}, {self._words() or 'unknown'}")

    def _words(self) -> str:
        return "" if self._share is None else f"{self._share:.0%}"

    def sizeHint(self) -> QSize:
        return QSize(2 * BAR + theme.px(DIGITS + WORDS), theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(BAR + theme.px(DIGITS), theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, share = theme.current(), self._share
        words, digits = theme.px(WORDS), theme.px(DIGITS)
        if self.width() < words + BAR + digits:
            words = 0  # which the tool tip has too
        middle = self.height() / 2
        bar = QRectF(words, middle - 3, self.width() - words - digits, 6)
        flags = Qt.AlignmentFlag.AlignVCenter
        if words:
            painter.setPen(QColor(tokens.muted))
            room = QRectF(0, 0, words - theme.GAP, self.height())
            painter.setFont(theme.sized(self.font(), theme.CAPTION))
            metrics, elide = painter.fontMetrics(), Qt.TextElideMode.ElideRight
            text = metrics.elidedText(self._label, elide, int(room.width()))
            painter.drawText(room, flags | Qt.AlignmentFlag.AlignLeft, text)
            painter.setFont(self.font())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.line if share is None else tokens.content))
        painter.drawRoundedRect(bar, 3, 3)
        if share is not None:
            painter.setBrush(QColor(tokens.style))
            wide = bar.width() * min(1.0, max(0.0, share))
            painter.drawRoundedRect(QRectF(bar.right() - wide, bar.top(), wide, 6), 3, 3)
            painter.setPen(QColor(tokens.style))
            room = QRectF(bar.right(), 0, digits, self.height())
            painter.drawText(room, flags | Qt.AlignmentFlag.AlignRight, self._words())
        painter.end()
