"""Where the tiles of an image grid lie: whole device pixels, no Qt, no pictures."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

NEAREST_BELOW = 64  # px: smaller pictures are magnified by whole factors only
_COMFORT = 56  # px: a tile grows to this, and beyond it only while all rows stay in sight
_LARGEST = 288  # px
_SMALLEST = 28  # px
_GAP = 2
_COLUMN_GAP = 12  # between what the model sees and what it makes of it
_PAD = 12
_HEADER = 28
SEEN, CODE = -1, -2  # the columns before the draws; CODE is drawn between SEEN and them

Box = tuple[int, int, int, int]  # x, y, width, height


@dataclass(frozen=True)
class GridLayout:
    """All lengths in device pixels; y of a row counts from the top of the sheet's first row."""

    rows: int
    columns: int  # noise columns, without those that show what the model sees, and its code
    tile: tuple[int, int]
    left: int
    gap: int
    column_gap: int
    pad: int
    header: int
    width: int  # the sheet from the first tile's left to the last tile's right
    code: bool = False  # whether there is a column of codes that are pictures

    @property
    def order(self) -> tuple[int, ...]:
        """The columns from left to right."""
        return (SEEN, *((CODE,) if self.code else ()), *range(self.columns))

    def x(self, column: int) -> int:
        """The left of a column."""
        if column == SEEN:
            return self.left
        first = self.left + self.tile[0] + self.column_gap
        if column == CODE:
            return first
        first += (self.tile[0] + self.column_gap) * self.code
        return first + column * (self.tile[0] + self.gap)

    def y(self, row: int) -> int:
        return self.header + row * (self.tile[1] + self.gap)

    @property
    def height(self) -> int:
        """From the top of the heads to below the last row."""
        return self.y(self.rows) - self.gap + self.pad if self.rows else self.header

    @property
    def full_width(self) -> int:
        return self.width + 2 * self.pad

    def box(self, row: int, column: int) -> Box:
        return self.x(column), self.y(row), *self.tile

    def at(self, x: int, y: int) -> tuple[int, int] | None:
        """The tile at a place; a gap belongs to the tile before it, so that hovering is steady."""
        row = (y - self.header) // (self.tile[1] + self.gap) if y >= self.header else -1
        column = self.column_at(x)
        return (row, column) if column is not None and 0 <= row < self.rows else None

    def column_at(self, x: int) -> int | None:
        for column in (SEEN, CODE)[: 1 + self.code]:
            if self.x(column) <= x < self.x(column) + self.tile[0]:
                return column
        offset = x - self.x(0)
        column = offset // (self.tile[0] + self.gap)
        return column if offset >= 0 and column < self.columns else None


def fit(
    room: tuple[int, int],
    rows: int,
    columns: int,
    source: tuple[int, int],
    ratio: float,
    code: bool = False,
) -> GridLayout:
    """The largest tiles that fit: `room` and the result in device pixels, `ratio` of them a px."""

    def px(length: float) -> int:
        return max(round(length * ratio), 1)

    gap, column_gap, pad, header = px(_GAP), px(_COLUMN_GAP), px(_PAD), px(_HEADER)
    width, height = source
    before = 2 if code else 1  # columns before the draws
    gaps = (column_gap if columns else 0) + column_gap * (before - 1) + gap * max(columns - 1, 0)
    by_width = (room[0] - 2 * pad - gaps) / ((columns + before) * width)
    by_height = ((room[1] - header - pad + gap) / max(rows, 1) - gap) / height
    comfort, largest = px(_COMFORT) / max(source), px(_LARGEST) / max(source)
    small = max(source) < NEAREST_BELOW
    if small:
        comfort = float(ceil(comfort - 1e-9))
    scale = min(by_width, max(comfort, by_height), largest)
    if small:
        scale = max(int(scale + 1e-9), 1)
    else:
        scale = max(scale, px(_SMALLEST) / max(source))
        scale = float(int(scale)) if scale >= 2 else scale
    tile = (max(round(width * scale), 1), max(round(height * scale), 1))
    total = tile[0] * (columns + before) + gaps
    left = max((room[0] - total) // 2, pad)
    return GridLayout(rows, columns, tile, left, gap, column_gap, pad, header, total, code)
