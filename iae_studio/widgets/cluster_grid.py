"""Every category drawn with the same few noise vectors: columns are categories, rows noises.

Where all columns do not fit beside each other at a good size, they go on in a block below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from iae_studio.style import theme
from iae_studio.widgets.sheet import to_image

Pixels = npt.NDArray[np.uint8]
GAP, BLOCK_GAP, HEAD, SIDE, PAD = 2, 12, 22, 28, 12  # px
_LARGEST = 6  # times a tile's own size
_COMFORT = 28  # px: the least that a tile should measure; it may take scrolling
_TALLER = 1.35  # times the room: a little scrolling is worth larger tiles
NOWHERE = (-1, -1)


@dataclass(frozen=True)
class Places:
    """Where the tiles lie, in whole px of the screen's own."""

    rows: int
    columns: int  # in all blocks together
    across: int  # columns of one block
    tile: tuple[int, int]
    left: int
    ratio: float

    def px(self, length: float) -> int:
        return round(length * self.ratio)

    @property
    def blocks(self) -> int:
        return -(-self.columns // self.across)

    @property
    def block_height(self) -> int:
        return self.px(HEAD) + self.rows * (self.tile[1] + self.px(GAP)) + self.px(BLOCK_GAP)

    @property
    def height(self) -> int:
        return self.blocks * self.block_height

    def box(self, row: int, column: int) -> QRect:
        block, place = divmod(column, self.across)
        x = self.left + self.px(SIDE) + place * (self.tile[0] + self.px(GAP))
        y = block * self.block_height + self.px(HEAD) + row * (self.tile[1] + self.px(GAP))
        return QRect(x, y, *self.tile)

    def at(self, place: QPoint) -> tuple[int, int]:
        """The tile at a place, NOWHERE between them."""
        block, y = divmod(place.y(), self.block_height)
        row = (y - self.px(HEAD)) // (self.tile[1] + self.px(GAP))
        x = (place.x() - self.left - self.px(SIDE)) // (self.tile[0] + self.px(GAP))
        column = block * self.across + x
        inside = 0 <= row < self.rows and 0 <= x < self.across and 0 <= column < self.columns
        return (row, column) if inside else NOWHERE


def arrange(
    room: tuple[int, int], rows: int, columns: int, source: tuple[int, int], ratio: float
) -> Places:
    """The largest tiles by whole factors that fit into `room`, or nearly; or comfortable ones."""

    def placed(factor: int) -> Places:
        tile = (source[0] * factor, source[1] * factor)
        spare = room[0] - round((2 * PAD + SIDE) * ratio)
        most = max(1, spare // (tile[0] + round(GAP * ratio)))
        blocks = -(-columns // most)
        across = -(-columns // blocks)  # blocks of like width
        wide = round(SIDE * ratio) + across * (tile[0] + round(GAP * ratio))
        return Places(rows, columns, across, tile, max(0, (room[0] - wide) // 2), ratio)

    comfort = max(1, -(-round(_COMFORT * ratio) // source[1]))
    for factor in range(round(_LARGEST * ratio), comfort, -1):
        if placed(factor).height <= _TALLER * room[1]:
            return placed(factor)
    return placed(comfort)


class _Page(QWidget):
    """The painted page inside the scroll area."""

    hovered = Signal(int, int)
    activated = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.tiles: Pixels = np.zeros((0, 0, 28, 28, 1), np.uint8)
        self.hover = NOWHERE
        self.room = QSize(400, 300)
        self.setMouseTracking(True)
        theme.notifier().changed.connect(self.update)

    def places(self) -> Places | None:
        rows, columns, height, width = self.tiles.shape[:4]
        if not rows or not columns:
            return None
        ratio = self.devicePixelRatioF()
        room = (int(self.room.width() * ratio), int(self.room.height() * ratio))
        return arrange(room, rows, columns, (width, height), ratio)

    def fit(self) -> None:
        places = self.places()
        tall = 0 if places is None else round(places.height / places.ratio)
        self.setMinimumHeight(tall)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("panel"))
        places = self.places()
        if places is not None:
            ratio = places.ratio
            painter.scale(1 / ratio, 1 / ratio)
            self._paint(painter, places)
        painter.end()

    def _paint(self, painter: QPainter, places: Places) -> None:
        font = theme.tabular(theme.sized(self.font(), places.px(theme.CAPTION)))
        painter.setFont(font)
        rows, columns = self.tiles.shape[:2]
        for column in range(columns):
            for row in range(rows):
                painter.drawImage(places.box(row, column), to_image(self.tiles[row, column]))
            top = places.box(0, column)
            head = QRect(top.left(), top.top() - places.px(HEAD), top.width(), places.px(HEAD))
            painter.setPen(theme.colour("content"))
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, str(column + 1))
        painter.setPen(theme.colour("style"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for first in range(0, columns, places.across):
            for row in range(rows):
                tile = places.box(row, first)
                side = QRect(
                    tile.left() - places.px(SIDE), tile.top(), places.px(SIDE - 8), tile.height()
                )
                painter.drawText(side, right, f"n{row + 1}")
        if self.hover[0] >= 0:
            painter.setPen(theme.colour("accent"))
            painter.drawRect(places.box(*self.hover).adjusted(-1, -1, 0, 0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._tile(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(NOWHERE)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        tile = self._tile(event)
        if tile[0] >= 0:
            self.activated.emit(*tile)

    def _tile(self, event: QMouseEvent) -> tuple[int, int]:
        places = self.places()
        if places is None:
            return NOWHERE
        return places.at((event.position() * places.ratio).toPoint())

    def _point_at(self, tile: tuple[int, int]) -> None:
        if tile != self.hover:
            self.hover = tile
            self.update()
            self.hovered.emit(*tile)


class ClusterGrid(QScrollArea):
    """The page, as wide as there is room, scrolled up and down where it is taller."""

    hovered = Signal(int, int)  # noise, category; -1: none
    activated = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = _Page()
        self._page.hovered.connect(self.hovered)
        self._page.activated.connect(self.activated)
        self.setWidget(self._page)

    def setTiles(self, tiles: Pixels) -> None:
        """uint8 [noises, categories, H, W, C]."""
        same = tiles.shape == self._page.tiles.shape
        self._page.tiles = tiles
        if same:
            self._page.update()
        else:
            self._page.hover = NOWHERE
            self._page.fit()

    def tiles(self) -> Pixels:
        return self._page.tiles

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The scroll bar's width is always spared, lest it come and go with the tiles' size.
        self._page.room = QSize(self.width() - 12, self.height())
        self._page.fit()
