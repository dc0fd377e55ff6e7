"""A picture, and how probable each of a few categories is for it: a bar each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.pointed import Pointed
from iae_studio.widgets.sharp import paint_small
from iae_studio.widgets.sheet import Pixels, to_image

Floats = npt.NDArray[np.float32]
HIGH, SIDE, LINE = 64, 56, 14  # px
_WIDEST = 36  # px of a category


class ProbabilityBars(Pointed):
    """The likeliest category is in full colour, with its probability in digits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Pixels | None = None
        self._values: Floats = np.zeros(0, np.float32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)
        theme.follow(self, self.updateGeometry)

    def values(self) -> Floats:
        """The probabilities [K]; [0] while they are unknown."""
        return self._values

    def setPicture(self, picture: Pixels | None) -> None:
        self._picture = picture
        self.update()

    def setValues(self, values: Floats) -> None:
        self._values = values
        best = f"cluster {values.argmax() + 1}, {values.max():.0%}" if len(values) else "unknown"
        self.setAccessibleName(f"The selected input falls into: {best}")
        self.update()

    def _slots(self) -> QRectF:
        left = SIDE + 12.0
        width = min(self.width() - left, _WIDEST * len(self._values))
        return QRectF(left, 0, max(width, 1.0), self.height())

    def slotRect(self, category: int) -> QRectF:
        """Where a category's bar and number are."""
        room = self._slots()
        wide = room.width() / max(1, len(self._values))
        return QRectF(room.left() + category * wide, 0, wide, room.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._picture is not None:
            room = QRect(0, (self.height() - SIDE) // 2, SIDE, SIDE)
            ratio = self.devicePixelRatioF()
            paint_small(painter, room, to_image(self._picture), ratio, SIDE)
        painter.setFont(self._small())
        wide = painter.fontMetrics().horizontalAdvance(str(len(self._values)))
        best = int(self._values.argmax()) if len(self._values) else -1
        for category, value in enumerate(self._values):
            slot = self.slotRect(category)
            self._paint_bar(painter, slot, float(value), category == best)
            if slot.width() > wide + 2 or category == best:
                role = "content" if category in (best, self._hover) else "muted"
                painter.setPen(theme.colour(role))
                self._write(painter, slot.center().x(), slot.bottom(), str(category + 1))
        painter.end()

    def _small(self) -> QFont:
        return theme.tabular(theme.sized(self.font(), theme.CAPTION))

    def _line(self) -> int:
        """The height of a line of numbers; fonts of one size differ in it."""
        return max(theme.px(LINE), QFontMetrics(self._small()).height())

    def _write(self, painter: QPainter, middle: float, bottom: float, words: str) -> None:
        """A number, whole also at the widget's edge."""
        wide, line = painter.fontMetrics().horizontalAdvance(words), self._line()
        left = max(min(middle - wide / 2, self.width() - wide), SIDE)
        room = QRectF(left, bottom - line, wide, line)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
        painter.drawText(room, int(flags), words)

    def _paint_bar(self, painter: QPainter, slot: QRectF, value: float, best: bool) -> None:
        line = self._line()
        room = slot.height() - 2 * line
        high = max(1.0, room * value)
        bar = QRectF(slot.left() + 1, slot.top() + line + room - high, slot.width() - 2, high)
        ink = theme.colour("content")
        if not best:
            ink.setAlphaF(0.55)
        painter.fillRect(bar, QColor(ink))
        if best:
            painter.setPen(theme.colour("text"))
            self._write(painter, bar.center().x(), bar.top(), f"{value:.0%}")

    def _at(self, place: QPoint) -> int:
        count = len(self._values)
        return next((k for k in range(count) if self.slotRect(k).contains(QPointF(place))), -1)

    def sizeHint(self) -> QSize:
        return QSize(360, max(HIGH, 2 * self._line() + 32))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, max(HIGH, 2 * self._line() + 32))
