"""Figures, and why one is missing: too few images, a single class, numbers that are not finite."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor

from trainer.data.dataset import Rows
from trainer.evaluation.formulas.arrays import some

REASONS = "not_measured"  # the entry of a result that says why a figure is None


class CannotMeasureError(ValueError):
    """What is asked cannot be said of these images or this model; the message is the reason."""


class Figures(dict[str, Any]):
    """Figures by their names: None is one that cannot be measured, and `not_measured` says why.

    There is no entry `not_measured` where all could be.
    """

    @contextmanager
    def measuring(self, *names: str) -> Iterator[None]:
        """For as long as these figures are entered: a CannotMeasureError ends them, and no more."""
        try:
            yield
        except CannotMeasureError as why:
            self.leave_out(names, str(why))

    def leave_out(self, names: Iterable[str], why: str) -> None:
        """Enter figures that cannot be measured."""
        for name in names:
            self[name] = None
            self.setdefault(REASONS, {})[name] = why

    def add(self, found: dict[str, Any]) -> None:
        """Take over what a measure found, and what it could not; an infinite figure is none."""
        reasons = self.pop(REASONS, {}) | found.get(REASONS, {})
        self.update(found)
        if reasons:
            self[REASONS] = reasons  # it stays the last
        wild = [name for name, value in found.items() if not _is_finite(value)]
        self.leave_out(wild, "it is not a finite number: what the model gives is too large")


def _is_finite(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, float) or math.isfinite(value)


def some_of(rows: Rows, most: int) -> Rows:
    """All rows, or `most` of them chosen at random, always the same.

    Neighbours in a file often share a source: of MNIST's test images the first 2,000 are harder
    than the others.
    """
    return rows if len(rows) <= most else rows.only(some(len(rows), most, 0))


def at_least(needed: int, count: int, what: str) -> None:
    """Raise CannotMeasureError where there are too few of `what`, some kind of images."""
    if count < needed:
        counted = f"{count} {what.replace('images', 'image') if count == 1 else what}"
        raise CannotMeasureError(
            f"{counted}; at least {needed} {'is' if needed == 1 else 'are'} needed"
        )


def of_two_classes(labels: Tensor, what: str) -> None:
    """Raise CannotMeasureError where the labels of `what`, or their lack, tell nothing apart."""
    at_least(1, len(labels), what)
    if (labels == labels[0]).all():
        raise CannotMeasureError(f"the {what} are all of one class; two are needed")


def finite(values: Tensor, what: str) -> Tensor:
    """The values, as they are. Raises CannotMeasureError where some are infinite or no numbers."""
    if not values.isfinite().all():
        raise CannotMeasureError(f"the model gives {what} that are not finite numbers")
    return values
