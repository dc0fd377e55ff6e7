"""Sheets of images: one row an input, what the network sees first, then the draws."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from trainer.messages import Pixels

GAP = 2
SEEN_GAP = 6


def sheet(seen: Pixels, tiles: Pixels) -> Pixels:
    """uint8 [N, H, W, C] and [N, D, H, W, C] -> one picture, gaps in mid grey."""
    rows, draws, height, width, channels = tiles.shape
    high = rows * (height + GAP) - GAP
    wide = width + SEEN_GAP + draws * (width + GAP) - GAP
    page = np.full((high, wide, channels), 96, np.uint8)
    for row in range(rows):
        top = row * (height + GAP)
        page[top : top + height, :width] = seen[row]
        for draw in range(draws):
            left = width + SEEN_GAP + draw * (width + GAP)
            page[top : top + height, left : left + width] = tiles[row, draw]
    return page


def to_png(picture: Pixels) -> bytes:
    """The picture [H, W, C] as PNG; equal pixels give equal bytes."""
    image = Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
