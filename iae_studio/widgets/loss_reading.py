"""What is read off the curves at a step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from iae_studio.widgets.curve_legend import curve_colour, words
from iae_studio.widgets.history import Doubles, nearest


@dataclass(frozen=True)
class Reading:
    """Of one curve the point nearest to a step; NaN where it has none."""

    name: str
    x: float
    value: float


def readings(
    names: Sequence[str], curves: Sequence[tuple[Doubles, Doubles]], step: int
) -> list[Reading]:
    """Of each curve, in their order."""
    found = []
    for name, (x, y) in zip(names, curves, strict=True):
        near = nearest(x, step)
        known = (math.nan, math.nan) if near is None else (float(x[near]), float(y[near]))
        found.append(Reading(name, *known))
    return found


def spots(found: Iterable[Reading], log: bool) -> list[tuple[float, float, QColor]]:
    """Where the curves are at the cursor, in view coordinates."""
    there = [each for each in found if math.isfinite(each.value) and (each.value > 0 or not log)]
    heights = [math.log10(each.value) if log else each.value for each in there]
    return [(e.x, high, curve_colour(e.name)) for e, high in zip(there, heights, strict=True)]


def spoken(step: int, found: Iterable[Reading]) -> str:
    """For a screen reader: the step, and the values there are."""
    values = [f"{each.name} {words(each.value)}" for each in found if not math.isnan(each.value)]
    return "; ".join([f"step {step:,}", *values])
