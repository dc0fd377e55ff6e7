"""A few pictures that differ by their noise alone; a click takes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.pointed import Pointed
from iae_studio.widgets.sheet import Pixels, to_image

GAP, HEAD = 2, 14  # px
_LARGEST = 192  # px
_SHARP = 64  # px: smaller pictures are magnified by whole factors only


@dataclass(frozen=True)
class Tiles:
    """Where pictures lie, each below its head; in device pixels."""

    boxes: tuple[QRect, ...]  # empty for one that is not shown
    head: int

    def __getitem__(self, index: int) -> QRect:
        return self.boxes[index] if index < len(self.boxes) else QRect()


def in_rows(room: tuple[int, int], count: int, source: tuple[int, int], ratio: float) -> Tiles:
    """The largest tiles of which `count` fit into a room; else as many rows as it takes."""
    gap, head = round(GAP * ratio), round(theme.px(HEAD) * ratio)
    across, tile = max(1, room[0] // (source[0] + gap)), source
    for columns in range(1, count + 1):
        down = -(-count // columns)
        width = (room[0] - (columns - 1) * gap) / columns
        larger = _within((width, (room[1] - (down - 1) * gap) / down - head), source, ratio)
        if larger[0] > tile[0]:
            across, tile = columns, larger
    places = [divmod(index, across) for index in range(count)]
    tall = head + tile[1] + gap
    return Tiles(tuple(QRect(x * (tile[0] + gap), y * tall + head, *tile) for y, x in places), head)


def below(columns: Sequence[QRect], height: int, source: tuple[int, int], ratio: float) -> Tiles:
    """A row so high, each tile in the middle of its column, given in device pixels."""
    head = round(theme.px(HEAD) * ratio)
    boxes = []
    for column in columns:
        width, tall = _within((column.width(), height - head), source, ratio)
        left = column.left() + (column.width() - width) // 2
        boxes.append(QRect(left, head, width, tall) if width and tall else QRect())
    return Tiles(tuple(boxes), head)


def _within(room: tuple[float, float], source: tuple[int, int], ratio: float) -> tuple[int, int]:
    """The largest tile that fits; no picture is magnified so that its pixels differ in size."""
    scale = min(room[0] / source[0], room[1] / source[1], _LARGEST * ratio / max(source))
    if max(source) < _SHARP or scale >= 2:
        scale = float(int(scale))
    return max(int(source[0] * scale), 0), max(int(source[1] * scale), 0)


class StyleTiles(Pointed):
    """Pictures [D, H, W, C], each below its noise's name.

    They lie in rows, as large as there is room, or below columns that are somewhere else.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: Pixels | None = None
        self._columns: tuple[QRect, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.notifier().changed.connect(self.update)

    def tiles(self) -> Pixels | None:
        return self._tiles

    def setTiles(self, tiles: Pixels | None) -> None:
        self._tiles = tiles
        if tiles is None:
            self._hover = -1
        self.update()

    def setColumns(self, columns: Sequence[QRect]) -> None:
        """Columns to lie in line with, in this widget's coordinates; none: in rows."""
        self._columns = tuple(columns)
        self.update()

    def _places(self) -> Tiles | None:
        if self._tiles is None or not len(self._tiles):
            return None
        count, height, width = self._tiles.shape[:3]
        ratio = self.devicePixelRatioF()
        if self._columns:
            columns = [_scaled(each, ratio) for each in self._columns[:count]]
            return below(columns, int(self.height() * ratio), (width, height), ratio)
        room = int(self.width() * ratio), int(self.height() * ratio)
        return in_rows(room, count, (width, height), ratio)

    def tileRect(self, index: int) -> QRect:
        """Where a tile is; empty where there is none."""
        places = self._places()
        return QRect() if places is None else _scaled(places[index], 1 / self.devicePixelRatioF())

    def _at(self, place: QPoint) -> int:
        count = 0 if self._tiles is None else len(self._tiles)
        return next((i for i in range(count) if self.tileRect(i).contains(place)), -1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        places = self._places()
        if places is None or self._tiles is None:
            painter.end()
            return
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        font = theme.sized(self.font(), theme.CAPTION)
        font.setBold(True)
        font.setPixelSize(round(font.pixelSize() * ratio))
        painter.setFont(font)
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, max(self._tiles.shape[1:3]) >= _SHARP
        )
        for index, tile in enumerate(self._tiles):
            box = places[index]
            if box.isEmpty():
                continue
            painter.drawImage(box, to_image(tile))
            painter.setPen(theme.colour("style"))
            head = QRect(box.left(), box.top() - places.head, box.width(), places.head)
            painter.drawText(head, int(Qt.AlignmentFlag.AlignCenter), f"n{index + 1}")
        if self._hover >= 0:
            painter.setPen(theme.colour("accent"))
            painter.drawRect(places[self._hover].adjusted(0, 0, -1, -1))
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(8 * (64 + GAP), 64 + theme.px(HEAD))

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 32 + theme.px(HEAD))


def _scaled(box: QRect, by: float) -> QRect:
    parts = box.x(), box.y(), box.width(), box.height()
    return QRect(*(round(part * by) for part in parts))
