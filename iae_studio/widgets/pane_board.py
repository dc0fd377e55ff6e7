"""Panes of like size beside and below each other, as large as their place allows."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.widgets.canvas import Canvas
from iae_studio.widgets.elided_label import ElidedLabel, WrappedLabel
from iae_studio.widgets.sheet import Pixels

LEAST, MOST = 112, 560  # px: of a pane's picture


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
        self._why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self._why)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._head)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._line)

    def setRole(self, role: str) -> None:
        """The colour of the heading."""
        if self._head.property("role") != role:
            self._head.setProperty("role", role)
            self._head.style().unpolish(self._head)
            self._head.style().polish(self._head)

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

    @property
    def shows_picture(self) -> bool:
        """Whether there is one, and no sentence in its place."""
        return self._stack.currentWidget() is self.canvas and not self.canvas.image().isNull()

    def words_height(self) -> int:
        """What the heading and the line below take."""
        labels = self._head, self._line
        return sum(label.sizeHint().height() for label in labels) + 2 * theme.GRID

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
        self.source = 1  # px: the longer side of the pictures
        for pane in panes:
            pane.setParent(self)

    def arrange(self, room: QSize) -> int:
        """Place those that are not hidden, in the middle of the width; returns their height."""
        shown = [pane for pane in self._panes if not pane.isHidden()]
        if not shown:
            return 0
        words = max(pane.words_height() for pane in shown)
        least = QSize(room.width(), _least_height(room.width(), len(shown), words))
        across, side = _fit(room.expandedTo(least), len(shown), words)
        side = self._whole(max(side, 1))
        pitch = side + words + theme.GAP
        left = max(room.width() - across * (side + theme.PAD) + theme.PAD, 0) // 2
        for place, pane in enumerate(shown):
            down, along = divmod(place, across)
            pane.setGeometry(left + along * (side + theme.PAD), down * pitch, side, side + words)
        return -(-len(shown) // across) * pitch - theme.GAP

    def _whole(self, side: int) -> int:
        """So that pictures fill their panes by whole factors."""
        ratio = self.devicePixelRatioF()
        factor = int(side * ratio / self.source)
        return ceil(factor * self.source / ratio) if factor else side


class BoardPage(QWidget):
    """A board, and something below it, which is as tall as it must be; to be scrolled."""

    def __init__(self, board: PaneBoard, below: QWidget) -> None:
        super().__init__()
        self._board, self._below = board, below
        board.setParent(self)
        below.setParent(self)

    def arrange(self) -> None:
        """The board gets the room that is left."""
        parent, wide = self.parentWidget(), self.width()
        room = parent.height() if parent is not None else self.height()
        hidden, below = self._below.isHidden(), 0
        if not hidden:
            layout = self._below.layout()
            follows = layout is not None and layout.hasHeightForWidth()
            hint = self._below.sizeHint().height()
            below = self._below.heightForWidth(wide) if follows else hint
            below = max(below, self._below.minimumSizeHint().height())
        gap = 0 if hidden else 2 * theme.GAP
        rims = 2 * theme.GAP
        used = self._board.arrange(QSize(wide, room - below - gap - rims))
        top = max(room - used - gap - below, rims) // 2
        self._board.setGeometry(0, top, wide, used)
        self._below.setGeometry(0, top + used + gap, wide, below)
        self.setMinimumHeight(used + gap + below + rims)

    def event(self, event: QEvent) -> bool:
        """Something in it has another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.arrange()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()


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
