"""Test images that are asked for, and what decides which they are. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS


@dataclass(frozen=True, eq=False)
class TestRequest:
    """Test images of a recipe's data that were asked for; its answer is known by it."""

    recipe: Recipe
    seed: int
    model: Path | None = None  # that is displayed: what it trained on is no test image

    __test__ = False  # to pytest: no test

    @property
    def data(self) -> tuple[object, ...]:
        """What decides the data that have to be loaded."""
        return data_of(self.recipe, self.model)


def data_of(recipe: Recipe, model: Path | None) -> tuple[object, ...]:
    """What decides a recipe's data; last the model, which decides what of own images is a test."""
    return (
        recipe.data.name,
        recipe.image_shape,
        recipe.translates,
        recipe.data.second,
        recipe.data.images,
        recipe.data.images_b,
        recipe.data.pad,
        recipe.data.classes,
        recipe.data.grey_range,
        model if DATA_SETS[recipe.data.name].own else None,
    )
