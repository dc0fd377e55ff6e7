"""Reads ink on paper, drawn or photographed, as MNIST shows it: white on black, in the middle."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps

from trainer.messages import Floats, Pixels


def as_digit(image: Image.Image, height: int, width: int) -> Pixels:
    """The ink of a grey drawing or photo, white on black [H, W], sized and centred as in MNIST.

    What already looks like that passes unchanged.
    """
    grey, picture = np.array(image), np.zeros((height, width), np.uint8)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if grey.shape == picture.shape and np.mean(border == 0) > 0.9:  # 0.94 at the least in MNIST
        return grey
    ink = _ink(image)
    if not ink.any():
        return picture
    glyph = _fitted(ink, max(1, round(min(height, width) * 20 / 28)))
    # As in MNIST, whose mean centre of mass is pixel (14, 14), counted from 0, and not 13.5.
    mass, (rows, columns) = glyph.sum(), glyph.shape
    top = round(height / 2 - float(glyph.sum(1) @ np.arange(rows) / mass))
    left = round(width / 2 - float(glyph.sum(0) @ np.arange(columns) / mass))
    top, left = max(0, min(top, height - rows)), max(0, min(left, width - columns))
    picture[top : top + rows, left : left + columns] = np.rint(glyph * 255)
    return picture


def _ink(image: Image.Image) -> Floats:
    """Returns how much ink is where, 0 to 1, cropped to the ink; only zeros if there is none."""
    image = image.resize(within(image.size, 384), Image.Resampling.BOX)
    lag = max(1, max(image.size) // 96)
    if lag > 1:  # smooths the grain of paper and sensor, but spares a small clean drawing
        image = image.filter(ImageFilter.GaussianBlur(lag / 4))
    grey, paper = np.asarray(image, np.float32), _paper(image)
    if np.mean((grey - paper) ** 3) > 0:  # what differs from the paper is lighter: chalk on slate
        grey, paper = 255 - grey, 255 - paper
    ink: Floats = (paper - grey) / paper.clip(80)
    # Neighbours differ by grain, hardly by uneven light, few by ink; 0.45 is its lower quartile.
    steps = np.abs(ink[:, lag:] - ink[:, :-lag])
    noise = float(np.quantile(steps, 0.25)) / 0.45 if steps.size else 0.0
    peak = float(np.quantile(ink, 0.999))
    if peak < max(0.06, 6 * noise):
        return np.zeros((1, 1), np.float32)
    mask = _main_blobs(ink > max(0.35 * peak, 4.5 * noise))
    full = float(np.quantile(ink[mask], 0.9))
    near = Image.fromarray(mask).convert("L").filter(ImageFilter.BoxBlur(1 + lag // 2))
    ink = ((ink - 3 * noise) / (full - 3 * noise)).clip(0, 1) * (np.asarray(near) > 0)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _paper(image: Image.Image) -> Floats:
    """Returns the bare paper's brightness: the median around, for less than half is ink."""
    small = np.asarray(image.resize(within(image.size, 48), Image.Resampling.BOX), np.float32)
    # Continued outwards by its slope, lest the median lag behind uneven light at the border.
    wide = Image.fromarray(np.pad(small, 13, mode="reflect", reflect_type="odd"))
    level = ImageOps.crop(wide.filter(ImageFilter.MedianFilter(27)), 13).resize(image.size)
    return np.asarray(level, np.float32).clip(0, 255)


def _main_blobs(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Keeps the connected parts that can be the digit: no specks, no edge of a table."""
    left = set(map(tuple, np.argwhere(mask).tolist()))
    blobs = []
    while left:
        blob = [left.pop()]
        for y, x in blob:  # grows as it runs
            near = left.intersection((y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
            left -= near
            blob += near
        blobs.append(np.array(blob))
    end = np.array(mask.shape) - 1
    inner = [blob for blob in blobs if blob.min() > 0 and (blob < end).all()]
    if max(map(len, inner), default=0) > 0.05 * max(map(len, blobs)):
        blobs = inner
    least = 0.04 * max(map(len, blobs))
    kept = np.zeros_like(mask)
    kept[tuple(np.concatenate([blob for blob in blobs if len(blob) > least]).T)] = True
    return kept


def _fitted(ink: Floats, side: int) -> Floats:
    """Scales ink to a longer side of `side`; fine strokes are widened first, lest they fade."""
    image = Image.fromarray(ink)
    step = max(1, round(max(ink.shape) / side / 10))
    for _ in range(8):
        size = within(image.size, side, most=side)
        glyph = np.asarray(image.resize(size, Image.Resampling.HAMMING), np.float32)
        # The mean over the ink: 0.78 to 0.91 in MNIST, 2/3 for lines of one pixel between two.
        if float((glyph**2).sum() / glyph.sum()) > 0.8 or max(ink.shape) < 2 * side:
            break
        image = ImageOps.expand(image, step).filter(ImageFilter.MaxFilter(2 * step + 1))
    return (glyph / np.float32(glyph.max())).clip(0, 1)


def within(size: tuple[int, int], longest: int, most: float = 1.0) -> tuple[int, int]:
    """A size scaled to a longer side of `longest`, by a factor of `most` at the most."""
    scale = min(most, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
