"""A few pictures that differ by their noise alone, as large as there is room; a click takes one."""

from __future__ import annotations

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
class Rows:
    """Where pictures lie, in device pixels."""

    across: int
    tile: tuple[int, int]
    head: int
    gap: int

    def box(self, index: int) -> QRect:
        down, right = divmod(index, self.across)
        y = down * (self.head + self.tile[1] + self.gap) + self.head
        return QRect(right * (self.tile[0] + self.gap), y, *self.tile)


def arrange(room: tuple[int, int], count: int, source: tuple[int, int], ratio: float) -> Rows:
    """The largest tiles of which `count` fit into a room; else as many rows as it takes."""
    gap, head = round(GAP * ratio), round(theme.px(HEAD) * ratio)
    best = Rows(max(1, room[0] // (source[0] + gap)), source, head, gap)
    for across in range(1, count + 1):
        down = -(-count // across)
        scale = min(
            (room[0] - (across - 1) * gap) / across / source[0],
            ((room[1] - (down - 1) * gap) / down - head) / source[1],
            _LARGEST * ratio / max(source),
        )
        if max(source) < _SHARP or scale >= 2:
            scale = float(int(scale))
        tile = (int(source[0] * scale), int(source[1] * scale))
        if tile[0] > best.tile[0]:
            best = Rows(across, tile, head, gap)
    return best


class StyleTiles(Pointed):
    """Pictures [D, H, W, C] in rows, each below its noise's name, as large as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: Pixels | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.notifier().changed.connect(self.update)

    def tiles(self) -> Pixels | None:
        return self._tiles

    def setTiles(self, tiles: Pixels | None) -> None:
        self._tiles = tiles
        if tiles is None:
            self._hover = -1
        self.update()

    def _rows(self) -> Rows | None:
        if self._tiles is None or not len(self._tiles):
            return None
        count, height, width = self._tiles.shape[:3]
        ratio = self.devicePixelRatioF()
        room = int(self.width() * ratio), int(self.height() * ratio)
        return arrange(room, count, (width, height), ratio)

    def tileRect(self, index: int) -> QRect:
        """Where a tile is; empty where there is none."""
        rows, ratio = self._rows(), self.devicePixelRatioF()
        if rows is None:
            return QRect()
        box = rows.box(index)
        parts = (box.x(), box.y(), box.width(), box.height())
        return QRect(*(round(part / ratio) for part in parts))

    def _at(self, place: QPoint) -> int:
        count = 0 if self._tiles is None else len(self._tiles)
        return next((i for i in range(count) if self.tileRect(i).contains(place)), -1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rows = self._rows()
        if rows is None or self._tiles is None:
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
            box = rows.box(index)
            painter.drawImage(box, to_image(tile))
            painter.setPen(theme.colour("style"))
            head = QRect(box.left(), box.top() - rows.head, box.width(), rows.head)
            painter.drawText(head, int(Qt.AlignmentFlag.AlignCenter), f"n{index + 1}")
        if self._hover >= 0:
            painter.setPen(theme.colour("accent"))
            painter.drawRect(rows.box(self._hover).adjusted(0, 0, -1, -1))
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(8 * (64 + GAP), 64 + theme.px(HEAD))

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 32 + theme.px(HEAD))
