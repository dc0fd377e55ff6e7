"""The painted page of the clusters' grid, and what the mouse does on it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from iae_studio.style import theme
from iae_studio.widgets.cluster_places import LABEL, NOWHERE, Places, arrange
from iae_studio.widgets.sheet import Pixels, to_image

Shares = npt.NDArray[np.float32]
FIRST = (0, 0)
_BAR, _FRAME, _APART = 3, 2, 4  # px


class ClusterPage(QWidget):
    """Columns are categories, rows noises; the row of a head is -1."""

    hovered = Signal(int, int)
    activated = Signal(int, int)
    chosen = Signal(int)
    pressed = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.tiles: Pixels = np.zeros((0, 0, 28, 28, 1), np.uint8)
        self.sizes: Shares = np.zeros(0, np.float32)
        self.picked = -1
        self.hover = NOWHERE
        self.current = FIRST  # what the keys are at ...
        self.focused = False  # ... and whether they come here
        self.room = QSize(400, 300)
        self.setMouseTracking(True)
        theme.notifier().changed.connect(self.fit)

    def places(self) -> Places | None:
        rows, columns, height, width = self.tiles.shape[:4]
        if not rows or not columns:
            return None
        ratio = self.devicePixelRatioF()
        room = (int(self.room.width() * ratio), int(self.room.height() * ratio))
        return arrange(room, rows, columns, (width, height), ratio, theme.px(LABEL))

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
        rows, columns = self.tiles.shape[:2]
        if self.focused:
            self._paint_current(painter, places)
        for column in range(columns):
            for row in range(rows):
                painter.drawImage(places.box(row, column), to_image(self.tiles[row, column]))
            painter.setFont(font)
            self._paint_head(painter, places, column)
        painter.setFont(font)
        painter.setPen(theme.colour("style"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for first in range(0, columns, places.across):
            for row in range(rows):
                tile = places.box(row, first)
                wide = places.px(places.label)
                side = QRect(tile.left() - wide, tile.top(), wide - places.px(8), tile.height())
                painter.drawText(side, right, f"n{row + 1}")
        if self.hover[0] >= 0:
            painter.setPen(theme.colour("accent"))
            painter.drawRect(places.box(*self.hover).adjusted(-1, -1, 0, 0))

    def _paint_current(self, painter: QPainter, places: Places) -> None:
        """A frame around the tile, in the gap, or within the head; what it frames comes later."""
        wide = places.px(_FRAME)
        inner, outer = places.part(*self.current), places.part(*self.current)
        if self.current[0] < 0:
            inner.adjust(wide, wide, -wide, -wide)
        else:
            outer.adjust(-wide, -wide, wide, wide)
        painter.fillRect(outer, theme.colour("accent"))
        painter.fillRect(inner, theme.colour("panel"))

    def _head_font(self, font: QFont, room: int) -> QFont:
        """Smaller where large numbers over small tiles would run into each other."""
        wide = QFontMetrics(font).horizontalAdvance("0" * len(str(self.tiles.shape[1])))
        made = QFont(font)
        if wide > room:
            made.setPixelSize(max(font.pixelSize() * room // wide, 1))
        return made

    def _paint_head(self, painter: QPainter, places: Places, category: int) -> None:
        head = places.head(category)
        if category == self.picked or self.hover == (-1, category):
            painter.fillRect(head, theme.colour("accent", 0.3 if category == self.picked else 0.15))
        painter.setPen(theme.colour("content"))
        above = head.adjusted(0, 0, 0, -places.px(2 * _BAR))
        painter.setFont(self._head_font(painter.font(), head.width() - places.px(_APART)))
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
        if category < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        self.pressed.emit(row, category)
        if row < 0:
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
