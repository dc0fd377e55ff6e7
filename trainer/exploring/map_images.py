"""The test images on a map: found once for all answers that show them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from trainer.data.loading import SomeImages, picture_names
from trainer.exploring.data_at_hand import test_images
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.map import MapImages
from trainer.messages import Pixels
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS

THUMBNAIL = 32  # px
FEWEST = 3  # of which a map can be made
MEMORY = 64 << 20  # bytes of pictures; a map of large ones shows fewer

# The pictures that were made last, and whether of their own recipe's data.
_last: list[tuple[SomeImages, bool, MapImages]] = []


def map_images(recipe: Recipe, count: int, told: Circumstances) -> MapImages:
    """Up to `count` test images of a recipe's data, or of drawn data in its place.

    Raises UserError where they are not at hand, and what `told.progress` raises.
    """
    most = max(MEMORY // (recipe.channels * recipe.data.size**2), FEWEST)
    some, shown = test_images(recipe, min(count, most), told)
    for known, own, made in _last:
        if known is some and own is (shown is recipe):
            return made
    spec = DATA_SETS[shown.data.name]
    made = MapImages(
        tuple(picture_names(some, recipe, shown)),
        some.labels.numpy().astype(np.int64),
        some.class_names or spec.class_names,
        _channels_last(some.images),
        _channels_last(_small(some.images)),
    )
    _last[:] = [(some, shown is recipe, made)]
    return made


def _small(images: Tensor) -> Tensor:
    height, width = images.shape[2:]
    if max(height, width) <= THUMBNAIL:
        return images
    share = THUMBNAIL / max(height, width)
    size = max(round(height * share), 1), max(round(width * share), 1)
    parts = [
        functional.interpolate(part.float(), size, mode="area").round().to(torch.uint8)
        for part in images.split(200)
    ]
    return torch.cat(parts)


def _channels_last(images: Tensor) -> Pixels:
    return np.ascontiguousarray(images.permute(0, 2, 3, 1).numpy())
