"""What an image becomes on its way into a network, in training and in use alike. No torch.

Nothing else may crop, pad, scale or recolour what a network is to see.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from trainer.data.ink import as_digit
from trainer.messages import Pixels
from trainer.recipe.grey_range import GreyRange
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS, Crop

LANCZOS = Image.Resampling.LANCZOS


@dataclass(frozen=True)
class Preprocess:
    """Makes any image one of `shape`, [H, W, C] with C of 1 or 3.

    With `ink`, the ink of a drawing or photo becomes white on black, sized and centred as in MNIST.
    Else a picture of the size that `crop` names is cut out as it says; of others the middle is cut
    out, or with `pad` the whole is kept on its border's colour, the median along the edge. What
    already is as wanted passes unchanged.
    """

    shape: tuple[int, int, int]
    ink: bool = False
    pad: bool = False
    crop: Crop | None = None
    grey_range: GreyRange | None = None  # of deep grey, for whoever decodes a file to be seen

    def __call__(self, rgb: Pixels) -> Pixels:
        """uint8 [h, w, 3], or [h, w, 1], as `shape`. Raises `ValueError` for other shapes."""
        height, width, channels = self.shape
        if rgb.ndim != 3 or rgb.shape[2] not in (1, 3) or channels not in (1, 3) or not rgb.size:
            raise ValueError(f"cannot turn an image of shape {rgb.shape} into {self.shape}")
        image = Image.fromarray(rgb.squeeze(2) if rgb.shape[2] == 1 else rgb)
        if self.ink:
            image = Image.fromarray(as_digit(image.convert("L"), height, width))
        elif image.size != (width, height):
            image = self._resized(image, (width, height))
        return np.array(image.convert("L" if channels == 1 else "RGB")).reshape(self.shape)

    def _resized(self, image: Image.Image, size: tuple[int, int]) -> Image.Image:
        if self.crop is not None and image.size == self.crop.size:
            return image.resize(size, LANCZOS, box=self.crop.box)
        if self.pad and image.width * size[1] != image.height * size[0]:
            return ImageOps.pad(image, size, LANCZOS, color=_border(image))
        return ImageOps.fit(image, size, LANCZOS)

    @property
    def drawable(self) -> bool:
        """Whether white ink on black is what such a network knows."""
        return self.ink or self.shape == (28, 28, 1)


def preprocess_of(recipe: Recipe) -> Preprocess | None:
    """What a recipe's network is to see of an image; None for models of points."""
    shape = recipe.image_shape
    if shape is None:
        return None
    spec = DATA_SETS[recipe.data.name]
    grey_range = GreyRange.parse(recipe.data.grey_range)
    return Preprocess(shape, spec.ink, recipe.data.pad and spec.own, spec.crop, grey_range)


def _border(image: Image.Image) -> int | tuple[int, ...]:
    pixels = np.asarray(image)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    if image.mode == "L":
        return int(np.median(edge))
    return tuple(int(value) for value in np.median(edge, 0))
