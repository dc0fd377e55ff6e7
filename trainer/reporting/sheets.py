"""Sheets of images, a row for each input.

What the network sees comes first, then its code if that is a picture, then the draws.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from trainer.messages import Pixels, UserError

GAP = 2
SEEN_GAP = 6
# How a picture is written, by the ending of its file. Only JPEG changes pixels, and those little.
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {}),
    ".jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", {"lossless": True}),
    ".bmp": ("BMP", {}),
    ".tif": ("TIFF", {}),
    ".tiff": ("TIFF", {}),
}


def sheet(seen: Pixels, tiles: Pixels, codes: Pixels | None = None) -> Pixels:
    """uint8 [N, H, W, C], [N, D, H, W, C], [N, H, W, C] -> one picture, gaps in mid grey."""
    rows, draws, height, width, channels = tiles.shape
    heads = [seen] if codes is None else [seen, codes]
    first = len(heads) * (width + SEEN_GAP)
    high = rows * (height + GAP) - GAP
    page = np.full((high, first + draws * (width + GAP) - GAP, channels), 96, np.uint8)
    for row in range(rows):
        top = row * (height + GAP)
        for place, head in enumerate(heads):
            left = place * (width + SEEN_GAP)
            page[top : top + height, left : left + width] = head[row]
        for draw in range(draws):
            left = first + draw * (width + GAP)
            page[top : top + height, left : left + width] = tiles[row, draw]
    return page


def tiled(tiles: Pixels) -> Pixels:
    """uint8 [rows, columns, H, W, C] -> one picture, gaps in mid grey."""
    rows, columns, height, width, channels = tiles.shape
    page = np.full(
        (rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels), 96, np.uint8
    )
    for row in range(rows):
        for column in range(columns):
            top, left = row * (height + GAP), column * (width + GAP)
            page[top : top + height, left : left + width] = tiles[row, column]
    return page


def picture_path(path: Path) -> Path:
    """Where a picture is written: a name without an ending gets .png.

    Raises UserError for an ending that no picture is written as.
    """
    ending = path.suffix.lower()
    if not ending or ending[1:].isdecimal() or " " in ending:  # "noise 0.5" has none
        return path.with_name(f"{path.name}.png")
    if ending not in KINDS:
        raise UserError(f"{path}: a picture is no {ending}. Choose one of {', '.join(KINDS)}.")
    return path


def encoded(picture: Pixels, path: Path) -> bytes:
    """The picture [H, W, C] as the kind of file that the path names. Raises UserError."""
    kind, options = KINDS[picture_path(path).suffix.lower()]
    buffer = io.BytesIO()
    try:
        _image(picture).save(buffer, kind, **options)
    except (OSError, ValueError, KeyError) as error:  # WebP and JPEG have a largest size
        raise UserError(f"{path} cannot be written as {kind} ({error}): choose .png.") from error
    return buffer.getvalue()


def to_png(picture: Pixels) -> bytes:
    """The picture [H, W, C] as PNG; equal pixels give equal bytes."""
    return encoded(picture, Path("picture.png"))


def _image(picture: Pixels) -> Image.Image:
    return Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture)
