"""Curves of any length, kept so that any part is averaged down in time that does not depend on it.

Row i is step i + 1. Levels of means, each over four of the level below, make a view of a million
steps as cheap as one of a thousand. What is not finite was not computed at that step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
_FACTOR = 4
_FIRST = 1024  # rows
_FINE = 32  # points to a smoothing window, which is all that a mean over it can show


class _Rows:
    """A growing array of rows; doubling makes a million appends cheap."""

    def __init__(self, columns: int) -> None:
        self.size = 0
        self._buffer = np.empty((_FIRST, columns), np.float32)

    def append(self, rows: npt.NDArray[Any]) -> None:
        need = self.size + len(rows)
        if need > len(self._buffer):
            grown = np.empty((max(need, 2 * len(self._buffer)), rows.shape[1]), np.float32)
            grown[: self.size] = self._buffer[: self.size]
            self._buffer = grown
        self._buffer[self.size : need] = rows
        self.size = need

    @property
    def array(self) -> Floats:
        return self._buffer[: self.size]


class _Level:
    """Means over blocks of the rows, and of how many values each is the mean."""

    def __init__(self, columns: int) -> None:
        self.mean, self.count = _Rows(columns), _Rows(columns)


def _merge(mean: npt.NDArray[Any], count: npt.NDArray[Any], block: int) -> tuple[Doubles, Doubles]:
    """Weighted means of each `block` rows; a mean of nothing is NaN."""
    rows, columns = mean.shape
    full = -(-rows // block) * block
    shape = (full // block, block, columns)
    total, weight = np.zeros((full, columns)), np.zeros((full, columns))
    weight[:rows] = count
    np.multiply(mean, count, out=total[:rows], where=count > 0, dtype=np.float64)
    sums, counts = total.reshape(shape).sum(1), weight.reshape(shape).sum(1)
    means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return means, counts


class History:
    """All values of K curves."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self._rows = _Rows(columns)
        self._levels: list[_Level] = []

    def __len__(self) -> int:
        return self._rows.size

    def append(self, values: Floats) -> None:
        """Add rows [t, K] for the steps that follow the last."""
        if values.ndim != 2 or values.shape[1] != self.columns:
            raise ValueError(f"rows of {self.columns} losses, not an array {values.shape}")
        self._rows.append(values)
        index = 0
        while self._grow(index):
            index += 1

    def _source(self, index: int, start: int, stop: int) -> tuple[Floats, Floats]:
        """Means and counts of a level's entries; level -1 is the rows themselves."""
        if index < 0:
            mean = self._rows.array[start:stop]
            return mean, np.isfinite(mean).astype(np.float32)
        level = self._levels[index]
        return level.mean.array[start:stop], level.count.array[start:stop]

    def _grow(self, index: int) -> bool:
        """Fill the complete blocks of a level; whether there were any."""
        if index == len(self._levels):
            if self._size(index - 1) < _FACTOR:
                return False
            self._levels.append(_Level(self.columns))
        level = self._levels[index]
        done, stop = level.mean.size, self._size(index - 1) // _FACTOR
        if stop > done:
            mean, count = _merge(*self._source(index - 1, done * _FACTOR, stop * _FACTOR), _FACTOR)
            level.mean.append(mean)
            level.count.append(count)
        return stop > done

    def _size(self, index: int) -> int:
        return len(self) if index < 0 else self._levels[index].mean.size

    def level_for(self, rows: float, points: int) -> int:
        """The finest level that shows so many rows with at most so many points."""
        level = 0
        while rows / _FACTOR**level > points and level < len(self._levels):
            level += 1
        return level

    def bins(self, level: int, start: int, stop: int) -> tuple[Doubles, Doubles, Doubles]:
        """Blocks start to stop of a level: their middle steps, their means and their counts.

        The last block may be a part; its mean is of what is there.
        """
        width = _FACTOR**level
        start, stop = max(start, 0), min(stop, -(-len(self) // width))
        if stop <= start:
            nothing = np.zeros((0, self.columns))
            return np.zeros(0), nothing, nothing
        mean, count = (part.astype(np.float64) for part in self._source(level - 1, start, stop))
        if len(mean) < stop - start:  # only complete blocks are kept: the tail is made now
            tail, weight = self._tail(level)
            mean, count = np.vstack([mean, tail]), np.vstack([count, weight])
        mean[count == 0] = np.nan
        firsts = np.arange(start, stop, dtype=np.float64) * width
        lasts = np.minimum(firsts + width, len(self)) - 1
        return (firsts + lasts) / 2 + 1, mean, count

    def sample(self, low: float, high: float, window: int, points: int) -> tuple[Doubles, Doubles]:
        """Steps and means from step `low` to step `high`: about so many, smoothed over `window`."""
        level = self.level_for(min(high - low, len(self)), points)
        if window > 1:
            level = max(level, self.level_for(window, _FINE))
        width = _FACTOR**level
        blocks = max(round(window / width), 1)
        first, last = int(low // width) - 1, int(high // width) + 2
        before = min(blocks - 1, max(first, 0))
        x, mean, count = self.bins(level, first - before, last)
        return x[before:], smooth(mean, count, blocks)[before:]

    def _tail(self, level: int) -> tuple[Doubles, Doubles]:
        """Mean and count of the rows after the last complete block of a level."""
        means, counts = [], []
        for index in range(level - 2, -2, -1):  # the rest of each level below, coarse to fine
            covered = self._size(index + 1) * _FACTOR
            mean, count = self._source(index, covered, self._size(index))
            means.append(mean)
            counts.append(count)
        mean, count = np.vstack(means), np.vstack(counts)
        return _merge(mean, count, max(len(mean), 1))


def smooth(mean: Doubles, count: Doubles, window: int) -> Doubles:
    """Means over each block and the `window` - 1 before it, of what was computed there."""
    if window <= 1:
        return mean
    filled = np.where(count > 0, mean, 0.0) * count
    sums, counts = (_trailing(part, window) for part in (filled, count))
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)


def _trailing(values: Doubles, window: int) -> Doubles:
    """Sums over each row and the `window` - 1 before it.

    Put together from sums over 1, 2, 4, ... rows: a difference of running sums would lose all
    that comes after one huge value.
    """
    total, reach, size = np.zeros_like(values), 0, 1
    while size <= window:
        if window & size:
            total[reach:] += values[: max(len(values) - reach, 0)]
            reach += size
        longer = values.copy()
        longer[size:] += values[:-size]
        values, size = longer, 2 * size
    return total


def computed(sample: tuple[Doubles, Doubles], index: int) -> tuple[Doubles, Doubles]:
    """A curve without the places where it was not computed, so that its line joins the others."""
    x, values = sample
    there = ~np.isnan(values[:, index])
    return x[there], values[there, index]


def nearest(x: Doubles, step: float) -> int | None:
    """The index of the value that is closest to a step."""
    if not len(x):
        return None
    after = min(int(np.searchsorted(x, step)), len(x) - 1)
    return after - 1 if after and step - x[after - 1] < x[after] - step else after
