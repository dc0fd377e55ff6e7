"""Whatever a caller calls an image, as a network sees it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image

from trainer.data.image_files import open_image, range_of_files, upright_rgb
from trainer.data.preprocessing import preprocess_of
from trainer.messages import Pixels, UserError
from trainer.recipe.grey_range import GreyRange
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import typed_path

# A file, an opened image, or uint8 [H, W], [H, W, 1], RGB [H, W, 3] or RGBA [H, W, 4].
ImageLike: TypeAlias = str | os.PathLike[str] | Image.Image | Pixels
Images: TypeAlias = ImageLike | Sequence[ImageLike]


def is_one(images: Images) -> bool:
    """Whether it is one image, without a batch dimension. Raises UserError for other arrays."""
    if isinstance(images, np.ndarray):
        _check(images)
        return images.ndim < 4
    return isinstance(images, str | os.PathLike | Image.Image)


def as_batch(images: Images, recipe: Recipe, grey_range: GreyRange | None = None) -> Pixels:
    """Images as the recipe's network sees them, uint8 [N, H, W, C]: as those dropped on the window.

    Deep grey is scaled by the recipe's own range, else by `grey_range`, else files by one together.
    Raises UserError where one cannot be read, or the model is not one of images.
    """
    preprocess = preprocess_of(recipe)
    if preprocess is None:
        raise UserError(f"{recipe.name} is a model of points in the plane, not of images.")
    several = [images] if is_one(images) else images
    if not isinstance(several, Sequence | np.ndarray):
        raise _unknown(images)
    grey_range = preprocess.grey_range or grey_range or range_of_files(_paths(several))
    seen = [preprocess(_rgb(image, grey_range)) for image in several]
    return np.stack(seen) if seen else np.empty((0, *preprocess.shape), np.uint8)


def _paths(images: Sequence[object] | Pixels) -> list[Path]:
    if isinstance(images, np.ndarray):
        return []
    return [typed_path(each) for each in images if isinstance(each, str | os.PathLike)]


def _rgb(image: object, grey_range: GreyRange | None) -> Pixels:
    if isinstance(image, str | os.PathLike):
        return open_image(typed_path(image), grey_range)
    if isinstance(image, np.ndarray):
        _check(image)
        image = Image.fromarray(image[..., 0] if image.shape[2:] == (1,) else image)
    if isinstance(image, Image.Image):
        return upright_rgb(image, grey_range)
    raise _unknown(image)


def _check(array: np.ndarray) -> None:
    if array.dtype != np.uint8:
        raise UserError(
            f"Images are arrays of uint8, 0 to 255, not of {array.dtype}: "
            "multiply values from 0 to 1 by 255 and round them."
        )
    channels = array.shape[-1] if array.ndim in (3, 4) else 1
    if array.ndim not in (2, 3, 4) or channels not in (1, 3, 4) or 0 in array.shape[-3:]:
        raise UserError(
            f"An array of shape {array.shape} is no image: [H, W], [H, W, C] or [N, H, W, C] is, "
            "with C of 1, 3 or 4."
        )


def _unknown(image: object) -> UserError:
    return UserError(
        f"{type(image).__name__} is no image: give a path, a PIL image or an array of uint8."
    )
