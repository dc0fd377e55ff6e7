"""How a film's picture is laid out: enlarged tiles, what stands beside them, and the step below."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from trainer.films.picture import Picture
from trainer.films.scene import Look
from trainer.messages import Pixels
from trainer.reporting.sheets import sheet, tiled

SHARP = 64  # px: smaller tiles keep their pixels; others are enlarged smoothly
PAPER, INK = 24, 235  # greys, of the caption
SMALLEST, LARGEST = 11, 28  # px, of its letters
WIDEST = "step 10,000,000"


def page(picture: Picture, look: Look) -> Pixels:
    """The picture as a whole, uint8 [H, W, C]; of pictures alike always of the same size."""
    sharp = max(picture.tiles.shape[2:4]) < SHARP
    factor = 1 if sharp else look.factor
    tiles = _larger(picture.tiles, factor)
    if look.inputs and picture.seen is not None:
        codes = None if picture.codes is None else _larger(picture.codes, factor)
        made = sheet(_larger(picture.seen, factor), tiles, codes)
    else:
        made = tiled(tiles)
    if sharp:
        made = made.repeat(look.factor, 0).repeat(look.factor, 1)
    return _captioned(made, f"step {picture.step:,}") if look.caption else made


def _larger(tiles: Pixels, factor: int) -> Pixels:
    """Tiles [..., H, W, C] smoothly enlarged."""
    if factor == 1:
        return tiles
    height, width, channels = tiles.shape[-3:]
    size = (width * factor, height * factor)
    made = [
        np.asarray(Image.fromarray(_flat(tile)).resize(size, Image.Resampling.BICUBIC))
        for tile in tiles.reshape(-1, height, width, channels)
    ]
    larger: Pixels = np.stack(made).reshape(*tiles.shape[:-3], size[1], size[0], channels)
    return larger


def _captioned(made: Pixels, text: str) -> Pixels:
    """With a line below; a picture that is narrower than that stands in the middle."""
    height, width, channels = made.shape
    size = min(max(height // 14, SMALLEST), LARGEST)
    font = _font(size)
    wide, tall = max(width, round(font.getlength(WIDEST)) + size), 2 * size
    strip = Image.new("L", (wide, tall), PAPER)
    ImageDraw.Draw(strip).text((wide / 2, tall / 2), text, INK, font, anchor="mm")
    whole = np.full((height + tall, wide, channels), PAPER, np.uint8)
    left = (wide - width) // 2
    whole[:height, left : left + width] = made
    whole[height:] = np.asarray(strip)[:, :, None]
    return whole


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _flat(tile: Pixels) -> Pixels:
    return tile[:, :, 0] if tile.shape[2] == 1 else tile
