"""Trainings of a moment on own images, and what of these is trained on and what is held out."""

from __future__ import annotations

from pathlib import Path

import torch

import trainer
from tests.tiny import recipe_of
from trainer.data.dataset import DataSet
from trainer.recipe.recipe import Recipe

TINY = ("size=16", "width=4", "batch=4")
RECIPE = "svhn-75-small"


def on(folder: Path, *more: str, name: str = RECIPE) -> Recipe:
    """A small recipe, of the images in a folder."""
    return recipe_of(name).with_images(str(folder)).with_settings([*TINY, *more])


def contents(*parts: torch.Tensor | None) -> set[int]:
    """The hashes of images' files, as parts of a data set keep them."""
    return {value for part in parts if part is not None for value in part.tolist()}


def trained_contents(data: DataSet) -> set[int]:
    """Of the images that are trained on."""
    return contents(data.train.contents)


def held_contents(data: DataSet) -> set[int]:
    """Of the images that are for testing."""
    return contents(data.test.contents)


def train(folder: Path, out: Path, *more: str, steps: int = 2, **options: object) -> None:
    """Train on a folder for a few steps, into a run folder."""
    settings = [] if options.get("resume") else [*TINY, *more]
    with trainer.train(
        RECIPE,
        out=out,
        steps=steps,
        settings=settings,
        images=folder,
        **options,  # type: ignore[arg-type]
    ) as training:
        for _ in training:
            pass
