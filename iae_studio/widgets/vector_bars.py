"""Vectors as rows of small bars: what is added and subtracted, number by number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme

Floats = npt.NDArray[np.float32]
_ROW, _BAR = 22, 12  # px: the height of a row, the most width of a bar
_LEAST = 40  # px for all bars; in less there is nothing to see


class VectorBars(QWidget):
    """One row for each vector, all to one scale; its name stands before it."""

    def __init__(self, name: str, role: str = "content", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._role = role
        self._names: tuple[str, ...] = ()
        self._rows: Floats = np.zeros((0, 0), np.float32)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHorizontalStretch(3)  # what the pictures beside it leave, or nothing
        self.setSizePolicy(policy)
        theme.notifier().changed.connect(self.update)

    def setVectors(self, rows: Floats, names: Sequence[str]) -> None:
        """Show the rows [N, K]."""
        self._rows, self._names = rows, tuple(names)
        self.setAccessibleDescription(
            "; ".join(
                f"{name}: " + ", ".join(f"{number:.2f}" for number in row[:16])
                for name, row in zip(names, rows, strict=True)
            )
        )
        self.updateGeometry()
        self.update()

    def vectors(self) -> Floats:
        """What is shown."""
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(0, theme.px(_ROW) * max(len(self._rows), 1))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        words = max((painter.fontMetrics().horizontalAdvance(n) for n in self._names), default=0)
        height, left = theme.px(_ROW), words + theme.GAP
        count = self._rows.shape[1]
        if self.width() < left + _LEAST:
            return
        pitch = min((self.width() - left) / max(count, 1), float(_BAR))
        most = max(float(np.abs(self._rows).max(initial=0)), 1e-6)
        for line, (name, row) in enumerate(zip(self._names, self._rows, strict=True)):
            top, middle = line * height, line * height + height / 2
            painter.setPen(theme.colour("muted"))
            painter.drawText(QRectF(0, top, words + 1, height), Qt.AlignmentFlag.AlignVCenter, name)
            painter.fillRect(QRectF(left, middle, pitch * count, 1), theme.colour("line"))
            for place, number in enumerate(row):
                long = (height / 2 - 2) * float(number) / most
                bar = QRectF(left + place * pitch, middle, max(pitch - 1, 1), -long)
                painter.fillRect(bar.normalized(), theme.colour(self._role))
        painter.end()
