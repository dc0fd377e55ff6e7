"""Panes of like size beside and below each other, as large as their place allows."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.widgets.canvas import Canvas
from iae_studio.widgets.elided_label import ElidedLabel, WrappedLabel
from iae_studio.widgets.sheet import Pixels

LEAST, MOST = 128, 560  # px: of a pane's picture
_WORDS = 44  # px around text: a pane's heading and caption


class Pane(QWidget):
    """A picture with a heading above it and a line below, or a sentence in its place."""

    def __init__(self, role: str, canvas: Canvas | None = None) -> None:
        super().__init__()
        self.canvas = canvas or Canvas()
        self._head = ElidedLabel()
        self._head.setProperty("heading", True)
        self._head.setProperty("role", role)
        self._line = ElidedLabel()
        self._line.setProperty("caption", True)
        self._line.setFont(theme.tabular(self._line.font()))
        self._why = WrappedLabel()
        self._why.setProperty("caption", True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self._why)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._head)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._line)

    def setHead(self, text: str) -> None:
        self._head.setText(text)
        self.canvas.setAccessibleName(text)

    def setLine(self, text: str, short: str = "") -> None:
        """What is said below the picture; `short`, a few words, where it does not fit."""
        self._line.setText(text, short)
        self.canvas.setAccessibleDescription(text)

    def show_pixels(self, pixels: Pixels) -> None:
        self.canvas.setPixels(pixels)
        self._stack.setCurrentWidget(self.canvas)

    def show_why(self, sentence: str) -> None:
        """Why there is no picture."""
        self._why.setText(sentence)
        self.setLine("")
        self._stack.setCurrentWidget(self._why)

    def words(self) -> list[str]:
        """What is to be read: the heading, the line below, a sentence in the picture's place."""
        shown = [self._head.text(), self._line.text()]
        there = self._stack.currentWidget() is self._why
        return [text for text in (*shown, self._why.text() if there else "") if text]


class PaneBoard(QWidget):
    """Panes in as many columns as make them largest."""

    def __init__(self, panes: list[Pane], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panes = panes
        for pane in panes:
            pane.setParent(self)

    def arrange(self) -> None:
        """Place those that are not hidden."""
        shown = [pane for pane in self._panes if not pane.isHidden()]
        words = theme.px(_WORDS)
        across, side = _fit(self.size(), len(shown), words)
        self.setMinimumHeight(_least_height(self.width(), len(shown), words))
        wide = max(side, 1)
        for place, pane in enumerate(shown):
            down, along = divmod(place, max(across, 1))
            x, y = along * (wide + theme.PAD), down * (side + words + theme.GAP)
            pane.setGeometry(QRect(x, y, wide, side + words))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, LEAST + theme.px(_WORDS))


def _fit(room: QSize, count: int, words: int) -> tuple[int, int]:
    """How many panes stand beside each other, and how large their pictures are then."""
    best = (1, 0)
    for across in range(1, count + 1):
        down = -(-count // across)
        wide = (room.width() - (across - 1) * theme.PAD) // across
        tall = (room.height() - (down - 1) * theme.GAP) // down - words
        side = min(wide, tall, MOST)
        if side > best[1]:
            best = (across, side)
    return best


def _least_height(width: int, count: int, words: int) -> int:
    """What the panes take at the least, where so much width is there."""
    across = max(1, min(count, (width + theme.PAD) // (LEAST + theme.PAD)))
    down = -(-count // across)
    side = min(LEAST, max(width, 1))
    return down * (side + words) + max(down - 1, 0) * theme.GAP
