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
_ZOOMED = 896  # px: no tile is made larger
# Before the draws, from left to right: what is seen, its code, and where the noise acts.
SEEN, CODE, HEAT = -1, -2, -3

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
    heat: bool = False  # whether there is one of where the noise acts
    apart: tuple[int, ...] = ()  # more room before each of the draws, where they are in groups

    @property
    def before(self) -> tuple[int, ...]:
        """The columns before the draws."""
        return (SEEN, *((CODE,) if self.code else ()), *((HEAT,) if self.heat else ()))

    @property
    def order(self) -> tuple[int, ...]:
        """The columns from left to right."""
        return (*self.before, *range(self.columns))

    def x(self, column: int) -> int:
        """The left of a column."""
        pitch = self.tile[0] + self.column_gap
        if column < 0:
            return self.left + self.before.index(column) * pitch
        start = self.left + len(self.before) * pitch + sum(self.apart[: column + 1])
        return start + column * (self.tile[0] + self.gap)

    @property
    def pinned(self) -> int:
        """How far to the right the column of what is seen reaches, with half of its gap."""
        return self.left + self.tile[0] + self.column_gap // 2

    def shift(self, column: int, scrolled: int) -> int:
        """How far to the left a column is scrolled: what is seen stays in sight."""
        return 0 if column == SEEN else scrolled

    def columns_in(self, scrolled: int, width: int) -> list[int]:
        """Those of which something is to be seen in a view so wide, scrolled so far."""
        shown = []
        for column in self.order:
            x = self.x(column) - self.shift(column, scrolled)
            if x < width and x + self.tile[0] > 0:
                shown.append(column)
        return shown

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
        for column in self.before:
            if self.x(column) <= x < self.x(column) + self.tile[0]:
                return column
        if self.apart:
            ends = (self.x(each) + self.tile[0] + self.gap for each in range(self.columns))
            column = next((each for each, end in enumerate(ends) if x < end), self.columns)
            return column if column < self.columns and x >= self.x(column) else None
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
    heat: bool = False,
    zoom: int = 0,
    base: tuple[int, int] | None = None,
    apart: tuple[int, ...] = (),
) -> GridLayout:
    """The largest tiles that fit, or `zoom` steps larger than what fits into `base`.

    `room` and the result are in device pixels, `ratio` of them a px; `apart`, more room before each
    of the draws, is in px.
    """

    def px(length: float) -> int:
        return max(round(length * ratio), 1)

    gap, column_gap, pad, header = px(_GAP), px(_COLUMN_GAP), px(_PAD), px(_HEADER)
    width, height = source
    before = 1 + code + heat  # columns before the draws
    spread = tuple(px(each) if each else 0 for each in apart[:columns])
    gaps = (column_gap if columns else 0) + column_gap * (before - 1) + gap * max(columns - 1, 0)
    gaps += sum(spread)
    wide, tall = base if base is not None and zoom else room
    by_width = (wide - 2 * pad - gaps) / ((columns + before) * width)
    by_height = ((tall - header - pad + gap) / max(rows, 1) - gap) / height
    side = max(source)
    least, comfort, largest = (px(each) / side for each in (_SMALLEST, _COMFORT, _LARGEST))
    small = side < NEAREST_BELOW
    if small:
        comfort = float(ceil(comfort - 1e-9))
    else:  # a picture of 64 px is shown as large as one of 32 px, and pixel by pixel
        comfort = max(comfort, float(px(NEAREST_BELOW) // side))
    scale = _stepped(min(by_width, max(comfort, by_height), largest), small, least)
    if zoom:
        scale = _zoomed(scale, zoom, small, px(_ZOOMED) / side)
    tile = (max(round(width * scale), 1), max(round(height * scale), 1))
    total = tile[0] * (columns + before) + gaps
    left = max((room[0] - total) // 2, pad)
    lengths = (gap, column_gap, pad, header, total)
    return GridLayout(rows, columns, tile, left, *lengths, code, heat, spread)


def _stepped(scale: float, small: bool, least: float) -> float:
    """Whole factors of small pictures; of larger ones from 2 on, and none below the least."""
    if small:
        return float(max(int(scale + 1e-9), 1))
    scale = max(scale, least)
    return float(int(scale)) if scale >= 2 else scale


def _zoomed(scale: float, zoom: int, small: bool, most: float) -> float:
    """So many steps from a scale: whole factors from 1 (large pictures: from 2) on."""
    stops = [float(factor) for factor in range(1, max(int(most), 1) + 1)]
    if not small:
        stops = sorted({0.125, 0.25, 0.375, 0.5, 0.75, 1.0, 1.5, *stops})
    if zoom > 0:
        larger = [stop for stop in stops if stop > scale + 1e-6]
        return larger[min(zoom, len(larger)) - 1] if larger else scale
    smaller = [stop for stop in stops if stop < scale - 1e-6]
    return smaller[-min(-zoom, len(smaller))] if smaller else scale
