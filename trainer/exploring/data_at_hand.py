"""The data of the displayed model, or what stands in for them, where a question needs some."""

from __future__ import annotations

from trainer.data.at_hand import with_data_at_hand
from trainer.data.dataset import DataSet
from trainer.data.folders.trained_on import TrainedOn
from trainer.data.loading import SomeImages, load_data, many_test_images
from trainer.exploring.questions.base import Circumstances
from trainer.inference.model_files import trained_on_of
from trainer.recipe.recipe import Recipe


def data_of(recipe: Recipe, told: Circumstances) -> DataSet:
    """All data of a recipe, split as the displayed run split them.

    Raises DataMissingError where they are not at hand, and what `told.progress` raises.
    """
    return load_data(recipe, told.root, told.progress, trained_on(recipe, told))


def test_images(recipe: Recipe, count: int, told: Circumstances) -> tuple[SomeImages, Recipe]:
    """Up to `count` test images, and the recipe of their data: drawn ones may stand in.

    Raises UserError where none are at hand, and what `told.progress` raises.
    """
    shown = with_data_at_hand(recipe, told.root)
    before = trained_on(shown, told)
    return many_test_images(shown, told.root, count, told.progress, before), shown


def trained_on(recipe: Recipe, told: Circumstances) -> TrainedOn | None:
    """Which own images the displayed run was trained on; None where nothing says so."""
    return None if told.path is None else trained_on_of(told.path, recipe)
