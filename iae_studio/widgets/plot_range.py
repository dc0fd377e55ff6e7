"""How far the loss plot's axes go: plain numbers, no Qt. Heights are logarithms on a log axis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from iae_studio.widgets.history import Doubles

Range = tuple[float, float]
NOTHING = np.zeros(0), np.zeros(0)  # of a curve
_ROOM = 16  # the axis of a run that grows goes on by such a part, and is drawn again only then
_DECADES = 3  # below the middle of all values: where a logarithmic axis ends at the latest
_KEPT = 0.1  # of a view at the least shows a part of what there is
_FINEST = 1e-6  # of what there is: beyond that a zoom shows how numbers are rounded


@dataclass(frozen=True)
class Bounds:
    """Of one axis: what there is to see, and what may be seen around it."""

    first: float
    last: float
    low: float
    high: float
    least: float = 0.0  # the shortest range

    def kept(self, start: float, stop: float) -> Range:
        """The range that was asked for, or the nearest that is allowed."""
        whole = self.high - self.low
        length = min(max(stop - start, self.least, _FINEST * whole), whole)
        start = min(max((start + stop - length) / 2, self.low), self.high - length)
        share = _KEPT * length
        start = min(max(start, self.first + share - length), self.last - share)
        return start, start + length


def whole_run(total: int) -> float:
    """Where the axis of so many steps ends."""
    grain = max(2 ** (max(total, 10).bit_length() - 1) // _ROOM, 1)
    return float(max(math.ceil(total / grain) * grain, 10))


def finite(parts: Iterable[Doubles]) -> Doubles:
    """All numbers among these values."""
    every: Doubles = np.concatenate([np.zeros(0), *parts])
    there: Doubles = every[np.isfinite(every)]
    return there


def comfortable(curves: Iterable[Doubles], log: bool) -> Range:
    """The heights that show these curves well."""
    every = finite(curves)
    if not len(every):
        return (-2.0, 1.0) if log else (0.0, 1.0)
    low, high = float(every.min()), float(every.max())
    if log:  # a penalty that is all but paid must not squeeze the others
        low = max(low, float(np.median(every)) - _DECADES)
    return padded((low, high), log)


def padded(heights: Range, log: bool) -> Range:
    """A little more on both sides, to round numbers, so that it seldom changes."""
    low, high = heights
    pad = max(0.06 * (high - low), 0.05 if log else 1e-6 + 0.02 * abs(high))
    grain = 2.0 ** math.floor(math.log2(high - low + 2 * pad)) / _ROOM
    return math.floor((low - pad) / grain) * grain, math.ceil((high + pad) / grain) * grain


def joined(one: Range | None, curves: Iterable[Doubles]) -> Range | None:
    """The range of these curves and of what was known before; None while there is nothing."""
    every = finite([*curves, np.array(one or ())])
    return (float(every.min()), float(every.max())) if len(every) else None


def logarithmic(curve: tuple[Doubles, Doubles]) -> tuple[Doubles, Doubles]:
    """A curve with its values' logarithms; what has none is a gap."""
    x, y = curve
    return x, np.log10(y, out=np.full_like(y, np.nan), where=y > 0)
