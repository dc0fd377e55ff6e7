"""Every category drawn with the same few noise vectors: columns are categories, rows noises.

A category's head has its number, and a bar as long as its share of the images. It can be chosen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from iae_studio.style import theme
from iae_studio.widgets.cluster_places import NOWHERE, SIDE, Places, arrange
from iae_studio.widgets.sheet import Pixels, to_image

Shares = npt.NDArray[np.float32]
_BAR = 3  # px


class _Page(QWidget):
    """The painted page inside the scroll area."""

    hovered = Signal(int, int)
    activated = Signal(int, int)
    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.tiles: Pixels = np.zeros((0, 0, 28, 28, 1), np.uint8)
        self.sizes: Shares = np.zeros(0, np.float32)
        self.picked = -1
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
            self._paint_head(painter, places, column)
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

    def _paint_head(self, painter: QPainter, places: Places, category: int) -> None:
        head = places.head(category)
        if category == self.picked or self.hover == (-1, category):
            painter.fillRect(head, theme.colour("accent", 0.3 if category == self.picked else 0.15))
        painter.setPen(theme.colour("content"))
        above = head.adjusted(0, 0, 0, -places.px(2 * _BAR))
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, str(category + 1))
        if len(self.sizes) == self.tiles.shape[1]:
            bar = QRect(head.left(), head.bottom() - places.px(2 * _BAR), 0, places.px(_BAR))
            bar.setWidth(head.width())
            painter.fillRect(bar, theme.colour("line"))
            most = max(float(self.sizes.max()), 1e-9)
            bar.setWidth(round(head.width() * float(self.sizes[category]) / most))
            painter.fillRect(bar, theme.colour("content", 0.7))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._under(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(NOWHERE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row, category = self._under(event)
        if row < 0 <= category and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(category)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        tile = self._under(event)
        if tile[0] >= 0:
            self.activated.emit(*tile)

    def _under(self, event: QMouseEvent) -> tuple[int, int]:
        """The tile at the pointer; of a head the row is -1."""
        places = self.places()
        if places is None:
            return NOWHERE
        place: QPoint = (event.position() * places.ratio).toPoint()
        tile = places.at(place)
        return tile if tile != NOWHERE else (-1, places.head_at(place))

    def _point_at(self, tile: tuple[int, int]) -> None:
        if tile != self.hover:
            self.hover = tile
            self.setCursor(
                Qt.CursorShape.PointingHandCursor
                if tile[0] < 0 <= tile[1]
                else Qt.CursorShape.ArrowCursor
            )
            self.update()
            self.hovered.emit(*tile)


class ClusterGrid(QScrollArea):
    """The page, as wide as there is room, scrolled up and down where it is taller."""

    hovered = Signal(int, int)  # noise, category; of a head noise -1; -1, -1: none
    activated = Signal(int, int)
    chosen = Signal(int)  # a category, by its head or the arrow keys

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = _Page()
        self._page.hovered.connect(self.hovered)
        self._page.activated.connect(self.activated)
        self._page.chosen.connect(self.chosen)
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

    def setSizes(self, shares: Shares) -> None:
        """The share of each category [K]; [0] while they are unknown."""
        self._page.sizes = shares
        self._page.update()

    def sizes(self) -> Shares:
        return self._page.sizes

    def setPicked(self, category: int) -> None:
        """Mark a category's head; -1 marks none."""
        self._page.picked = category
        self._page.update()

    def headRect(self, category: int) -> QRect:
        """Where a category's head is, in the page's coordinates."""
        places = self._page.places()
        if places is None:
            return QRect()
        head, ratio = places.head(category), places.ratio
        parts = (head.x(), head.y(), head.width(), head.height())
        return QRect(*(round(part / ratio) for part in parts))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose a category."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        count = self._page.tiles.shape[1]
        if step and count:
            beside = min(max(self._page.picked + step, 0), count - 1)
            if beside != self._page.picked:  # choosing the marked one again would close its images
                self.chosen.emit(beside)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The scroll bar's width is always spared, lest it come and go with the tiles' size.
        self._page.room = QSize(self.width() - 12, self.height())
        self._page.fit()
