"""What part of a map is seen, and how large: plain numbers, no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
COLUMNS, ROWS = 12, 8  # pictures in the background at the most, but for those cut at the rim
SMALLEST = 56  # px: a picture of the background is no smaller
_ROOM = 0.06  # of the points' extent around them
_LEAST = 0.5  # of the view, that the points fill
_OUT, _IN = 0.25, 400.0  # how far the view zooms away from all points, and towards them


@dataclass(frozen=True)
class Extent:
    """The middle of all points, and how far they reach from there: at least `reach` to a side."""

    x: float
    y: float
    reach_x: float
    reach_y: float


@dataclass(frozen=True)
class Frame:
    """The place in the middle of the view, px for a unit of the map, and the view's size in px."""

    x: float
    y: float
    scale: float
    width: int
    height: int

    def screen(self, places: Floats) -> npt.NDArray[np.float64]:
        """Places [N, 2] of the map in px; up is less."""
        away = (places.astype(np.float64) - (self.x, self.y)) * (self.scale, -self.scale)
        found: npt.NDArray[np.float64] = np.add(away, (self.width / 2, self.height / 2))
        return found

    def place(self, left: float, top: float) -> tuple[float, float]:
        """Which place of the map lies at a px of the view."""
        across, down = left - self.width / 2, top - self.height / 2
        return self.x + across / self.scale, self.y - down / self.scale

    def panned(self, across: float, down: float) -> Frame:
        """The map moved by so many px."""
        return replace(self, x=self.x - across / self.scale, y=self.y + down / self.scale)

    def zoomed(self, factor: float, left: float, top: float) -> Frame:
        """What lies at a px stays there."""
        x, y = self.place(left, top)
        scale = self.scale * factor
        across, down = left - self.width / 2, top - self.height / 2
        return replace(self, x=x - across / scale, y=y + down / scale, scale=scale)


def extent_of(places: Floats) -> Extent:
    """All points; of a single one a little around it."""
    if not len(places):
        return Extent(0.0, 0.0, 1.0, 1.0)
    low, high = places.min(0).astype(float), places.max(0).astype(float)
    reach = np.maximum((high - low) / 2, max(1e-6, 1e-3 * float(np.abs(places).max())))
    middle = (low + high) / 2
    return Extent(*middle.tolist(), *reach.tolist())


def whole(extent: Extent, width: int, height: int) -> Frame:
    """All points, as large as they fit."""
    room = 2 * (1 + _ROOM)
    scale = min(width / (room * extent.reach_x), height / (room * extent.reach_y))
    return Frame(extent.x, extent.y, scale, width, height)


def kept(frame: Frame, extent: Extent) -> Frame:
    """The frame, or the nearest in which there is something to see."""
    fit = whole(extent, frame.width, frame.height).scale
    numbers = (frame.x, frame.y, frame.scale)
    if not all(map(math.isfinite, numbers)):
        return whole(extent, frame.width, frame.height)
    scale = min(max(frame.scale, _OUT * fit), _IN * fit)
    x = min(max(frame.x, extent.x - extent.reach_x), extent.x + extent.reach_x)
    y = min(max(frame.y, extent.y - extent.reach_y), extent.y + extent.reach_y)
    return replace(frame, x=x, y=y, scale=scale)


def suits(frame: Frame, extent: Extent) -> bool:
    """Whether all points are in view, and fill it."""
    half_x, half_y = frame.width / 2 / frame.scale, frame.height / 2 / frame.scale
    inside = (
        abs(extent.x - frame.x) + extent.reach_x <= half_x
        and abs(extent.y - frame.y) + extent.reach_y <= half_y
    )
    return inside and max(extent.reach_x / half_x, extent.reach_y / half_y) > _LEAST


@dataclass(frozen=True)
class Cells:
    """Squares of the map, side by side; they lie at the same places wherever the view is.

    left, bottom: of the first, in sides.
    """

    side: float
    left: int
    bottom: int
    columns: int
    rows: int

    def middles(self) -> Floats:
        """Of each cell [rows columns, 2], row by row from the top."""
        x = (self.left + np.arange(self.columns) + 0.5) * self.side
        y = (self.bottom + np.arange(self.rows)[::-1] + 0.5) * self.side
        grid = np.stack(np.meshgrid(x, y), -1)
        return grid.reshape(-1, 2).astype(np.float32)

    def corners(self) -> Floats:
        """The upper left and the lower right one of all cells together."""
        left, bottom = self.left * self.side, self.bottom * self.side
        right, top = left + self.columns * self.side, bottom + self.rows * self.side
        return np.array([[left, top], [right, bottom]], np.float32)


def cells_of(frame: Frame) -> Cells:
    """Cells that fill the view, of one of few sizes: a small zoom keeps them."""
    least = max(frame.width / COLUMNS, frame.height / ROWS, SMALLEST) / frame.scale
    side = 2.0 ** (math.ceil(2 * math.log2(least) - 1e-9) / 2)
    low, high = frame.place(0, frame.height), frame.place(frame.width, 0)
    left, bottom = math.floor(low[0] / side), math.floor(low[1] / side)
    columns, rows = math.ceil(high[0] / side) - left, math.ceil(high[1] / side) - bottom
    return Cells(side, left, bottom, max(columns, 1), max(rows, 1))
