"""The record of a measure, what it is given, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from trainer.data.dataset import DataSet, Rows
from trainer.evaluation.measurable import at_least, of_two_classes, some_of
from trainer.evaluation.reference_classifier import ReferenceClassifier
from trainer.inference.snapshot import Snapshot
from trainer.recipe.recipe import Recipe
from trainer.recipe.registry import Registry
from trainer.recipe.specs import DATA_SETS

DOMAINS_READABLE = 0.8  # what must be told rightly of two domains, as a share of the test images


@dataclass(eq=False)
class Subject:
    """A model, the data to measure it on, and what several measures share."""

    snapshot: Snapshot
    data: DataSet
    seed: int = 0

    @property
    def recipe(self) -> Recipe:
        """The model's recipe."""
        return self.snapshot.recipe

    @cached_property
    def classifier(self) -> ReferenceClassifier | None:
        """Reads the data's classes off pictures; None where there are none to read.

        Raises CannotMeasureError where too few images teach it, or it reads them badly.
        """
        name = self.recipe.data.name
        return self._classifier(name, self.data, DATA_SETS[name].readable)

    @cached_property
    def domain_classifier(self) -> ReferenceClassifier | None:
        """Tells the two domains apart, where both are photographs of a kind; else None.

        Raises CannotMeasureError as `classifier` does.
        """
        data = self.data
        if (
            data.other_train is None
            or data.other_test is None
            or self.recipe.data.second == "edges"
        ):
            return None
        at_least(1, len(data.other_train), "training images of the second domain")
        at_least(1, len(data.other_test), "test images of the second domain")
        train = _labelled_by_domain(data.train, data.other_train)
        test = _labelled_by_domain(data.test, data.other_test)
        name = f"{self.recipe.data.name}-domains"
        return self._classifier(name, DataSet(train, test, classes=2), DOMAINS_READABLE)

    def _classifier(self, name: str, data: DataSet, enough: float) -> ReferenceClassifier | None:
        if data.classes < 2:
            return None
        of_two_classes(data.train.labels, "training images")
        of_two_classes(data.test.labels, "test images")
        return ReferenceClassifier.of(name, data, self.snapshot.device, enough)


def _labelled_by_domain(first: Rows, second: Rows) -> Rows:
    count = min(len(first), len(second))
    images = torch.cat([some_of(part, count).images for part in (first, second)])
    return Rows(images, torch.arange(2).repeat_interleave(count))


@dataclass(frozen=True)
class MeasureSpec:
    """A measure, or some that are taken together: which models get it, and what it gives."""

    name: str
    applies: Callable[[Recipe, DataSet], bool]
    measure: Callable[[Subject], dict[str, Any]]  # plain numbers by their names
    order: int = 3  # among the others in the result; those of one order as they are registered


MEASURES: Registry[MeasureSpec] = Registry("measure", "trainer.evaluation.measures")
