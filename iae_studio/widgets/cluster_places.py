"""Where the tiles of all categories lie: columns are categories, rows noises, in whole pixels.

Where all columns do not fit beside each other at a good size, they go on in a block below.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect

GAP, BLOCK_GAP, PAD = 2, 12, 12  # px
LABEL = 28  # px at the usual size of the text: a head's height, and the width of a noise's name
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
    label: int  # in px: a head's height, and the width of a noise's name

    def px(self, length: float) -> int:
        return round(length * self.ratio)

    @property
    def blocks(self) -> int:
        return -(-self.columns // self.across)

    @property
    def block_height(self) -> int:
        return self.px(self.label) + self.rows * (self.tile[1] + self.px(GAP)) + self.px(BLOCK_GAP)

    @property
    def height(self) -> int:
        return self.blocks * self.block_height

    def box(self, row: int, column: int) -> QRect:
        block, place = divmod(column, self.across)
        x = self.left + self.px(self.label) + place * (self.tile[0] + self.px(GAP))
        y = block * self.block_height + self.px(self.label) + row * (self.tile[1] + self.px(GAP))
        return QRect(x, y, *self.tile)

    def at(self, place: QPoint) -> tuple[int, int]:
        """The tile at a place, NOWHERE between them."""
        block, y = divmod(place.y(), self.block_height)
        row = (y - self.px(self.label)) // (self.tile[1] + self.px(GAP))
        x = (place.x() - self.left - self.px(self.label)) // (self.tile[0] + self.px(GAP))
        column = block * self.across + x
        inside = 0 <= row < self.rows and 0 <= x < self.across and 0 <= column < self.columns
        return (row, column) if inside else NOWHERE

    def head(self, column: int) -> QRect:
        """Above a category's first tile."""
        top = self.box(0, column)
        return QRect(top.left(), top.top() - self.px(self.label), top.width(), self.px(self.label))

    def part(self, row: int, column: int) -> QRect:
        """A tile, or of row -1 the head above it."""
        return self.head(column) if row < 0 else self.box(row, column)

    def beside(self, row: int, column: int, down: int, right: int) -> tuple[int, int]:
        """What is so many steps away; a block's last row is followed by the heads below it."""
        column = min(max(column + right, 0), self.columns - 1)
        block, place = divmod(column, self.across)
        lines = self.rows + 1  # of a block: the heads and the noises
        line = min(max(block * lines + row + 1 + down, 0), self.blocks * lines - 1)
        block, row = divmod(line, lines)
        return row - 1, min(block * self.across + place, self.columns - 1)

    def head_at(self, place: QPoint) -> int:
        """The category whose head is at a place, -1 where there is none."""
        return next((k for k in range(self.columns) if self.head(k).contains(place)), -1)


def arrange(
    room: tuple[int, int],
    rows: int,
    columns: int,
    source: tuple[int, int],
    ratio: float,
    label: int = LABEL,
) -> Places:
    """The largest tiles by whole factors that fit into `room`, or nearly; or comfortable ones."""

    def placed(factor: int) -> Places:
        tile = (source[0] * factor, source[1] * factor)
        spare = room[0] - round((2 * PAD + label) * ratio)
        most = max(1, spare // (tile[0] + round(GAP * ratio)))
        blocks = -(-columns // most)
        across = -(-columns // blocks)  # blocks of like width
        wide = round(label * ratio) + across * (tile[0] + round(GAP * ratio))
        return Places(rows, columns, across, tile, max(0, (room[0] - wide) // 2), ratio, label)

    comfort = max(1, -(-round(_COMFORT * ratio) // source[1]))
    for factor in range(round(_LARGEST * ratio), comfort, -1):
        if placed(factor).height <= _TALLER * room[1]:
            return placed(factor)
    return placed(comfort)
