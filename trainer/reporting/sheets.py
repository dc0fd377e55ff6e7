"""Sheets of images, a row for each input.

What the network sees comes first, then its code if that is a picture, then the draws.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from trainer.messages import Pixels

GAP = 2
SEEN_GAP = 6


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


def to_png(picture: Pixels) -> bytes:
    """The picture [H, W, C] as PNG; equal pixels give equal bytes."""
    image = Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
