"""What lies between two pictures, and scales that a reader can trust. No torch."""

from __future__ import annotations

import numpy as np

from trainer.messages import Floats, Pixels

# Ends of scales, as shares of the whole range of a pixel: few of them, so that a picture that
# changes a little does not change its scale, and scales can be compared.
ENDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def scale_of(values: Floats) -> float:
    """The least end of a scale that holds all values; the smallest where they are all 0."""
    most = float(np.abs(values).max()) if values.size else 0.0
    return next((end for end in ENDS if most <= end + 1e-6), ENDS[-1])


def difference(picture: Pixels, other: Pixels) -> Floats:
    """`picture` minus `other` [H, W, C], from -1 to 1; of grey beside colour, in colour."""
    return (picture.astype(np.float32) - other.astype(np.float32)) / np.float32(255)


def signed(difference: Floats, end: float) -> Pixels:
    """Middle grey where nothing differs, white at `end`, black at -`end`."""
    return _bytes(0.5 + 0.5 * difference / end)


def absolute(difference: Floats, end: float) -> Pixels:
    """Black where nothing differs, white at `end`."""
    size: Floats = np.abs(difference)
    return _bytes(size / end)


def spread_of(tiles: Pixels) -> Floats:
    """The standard deviation over the draws [N, D, H, W, C] of each pixel [N, H, W]."""
    draws = tiles.shape[1]
    if draws < 2:
        return np.zeros((len(tiles), *tiles.shape[2:4]), np.float32)
    sums = np.zeros((len(tiles), *tiles.shape[2:]), np.uint32)
    squares = np.zeros_like(sums)
    for draw in range(draws):  # in whole numbers: exact, and twice as fast as numpy's own
        values = tiles[:, draw].astype(np.uint32)
        sums += values
        squares += values * values
    around = (draws * squares - sums * sums).astype(np.float32).mean(-1)
    found: Floats = np.sqrt(around / np.float32(draws * (draws - 1))) / np.float32(255)
    return found


def glow(spread: Floats, end: float, colour: tuple[int, int, int]) -> Pixels:
    """Values [H, W] as shades of one colour [H, W, 3]: black at 0, the whole colour at `end`."""
    share = np.clip(spread / end, 0, 1)[..., None]
    return _bytes(share * np.array(colour, np.float32) / 255)


def laid_over(picture: Pixels, spread: Floats, end: float, colour: tuple[int, int, int]) -> Pixels:
    """A picture in grey with the colour over it, as strong as the values are."""
    grey = picture.astype(np.float32).mean(-1, keepdims=True) / 255
    share = np.clip(spread / end, 0, 1)[..., None]
    return _bytes((1 - share) * 0.7 * grey + share * np.array(colour, np.float32) / 255)


def _bytes(values: Floats) -> Pixels:
    scaled: Pixels = (255 * np.clip(values, 0, 1)).round().astype(np.uint8)
    return scaled
