"""Sheets of images, a row for each input.

What the network sees comes first, then its code if that is a picture, then the draws.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from trainer.messages import Pixels, UserError

GAP = 2
SEEN_GAP = 6
BETWEEN = {1: 96, 3: 255}  # grey digits are black at their edges, most pictures in colour bright
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
    """uint8 [N, H, W, C], [N, D, H, W, C], [N, H, W, C] -> one picture.

    Gaps are mid grey between grey pictures, and white between those in colour.
    """
    rows, draws, height, width, channels = tiles.shape
    heads = [seen] if codes is None else [seen, codes]
    first = len(heads) * (width + SEEN_GAP)
    high = rows * (height + GAP) - GAP
    page = np.full(
        (high, first + draws * (width + GAP) - GAP, channels), BETWEEN[channels], np.uint8
    )
    for row in range(rows):
        top = row * (height + GAP)
        for place, head in enumerate(heads):
            left = place * (width + SEEN_GAP)
            page[top : top + height, left : left + width] = head[row]
        for draw in range(draws):
            left = first + draw * (width + GAP)
            page[top : top + height, left : left + width] = tiles[row, draw]
    return page


def grid_page(
    seen: Sequence[Pixels], tiles: Pixels, code: Pixels | None, only_tiles: bool = False
) -> Pixels:
    """The grid of a window as one picture: inputs, codes where those are pictures, draws."""
    page = sheet(np.stack(seen), tiles)
    draws = page[:, tiles.shape[3] + SEEN_GAP :]
    if only_tiles:
        return draws
    if code is None:
        return page
    both = sheet(np.stack(seen), code[:, None])
    channels = page.shape[2]
    gap = np.full((len(page), SEEN_GAP, channels), BETWEEN[channels], np.uint8)
    return np.concatenate([both, gap, draws], 1)


def side_by_side(parts: Sequence[Pixels]) -> Pixels:
    """Pictures [H, W, C] in a row; those of grey in colour where others are."""
    channels = max(part.shape[2] for part in parts)
    high = max(part.shape[0] for part in parts)
    row: list[Pixels] = []
    for part in parts:
        wide = part.shape[1]
        place = np.full((high, wide + GAP, channels), BETWEEN[channels], np.uint8)
        place[: part.shape[0], :wide] = part
        row.append(place)
    return np.concatenate(row, 1)[:, :-GAP]


def tiled(tiles: Pixels) -> Pixels:
    """uint8 [rows, columns, H, W, C] -> one picture, with the gaps of a sheet."""
    rows, columns, height, width, channels = tiles.shape
    high, wide = rows * (height + GAP) - GAP, columns * (width + GAP) - GAP
    page = np.full((high, wide, channels), BETWEEN[channels], np.uint8)
    for row in range(rows):
        for column in range(columns):
            top, left = row * (height + GAP), column * (width + GAP)
            page[top : top + height, left : left + width] = tiles[row, column]
    return page


def enlarged(picture: Pixels, factor: int) -> Pixels:
    """The picture with each pixel so many wide and high."""
    return picture if factor == 1 else picture.repeat(factor, 0).repeat(factor, 1)


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
