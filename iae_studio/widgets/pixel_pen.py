"""Lines on a picture of few pixels: how much of each pixel a moving pen covers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Shares = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
Place = tuple[float, float]  # x, y in pixels; the first pixel's middle is at 0.5, 0.5


def covered(shape: tuple[int, int], start: Place, end: Place, width: float, soft: bool) -> Shares:
    """Of each pixel [H, W] the share, 0 to 1, under a round pen that went from place to place.

    Without `soft` a pixel is covered whole or not at all; that under the pen's middle always is.
    """
    y, x = np.ogrid[: shape[0], : shape[1]]
    x, y = x + 0.5 - start[0], y + 0.5 - start[1]
    across, down = end[0] - start[0], end[1] - start[1]
    length = across * across + down * down
    along = np.clip((x * across + y * down) / length, 0, 1) if length else 0.0
    distance = np.hypot(x - along * across, y - along * down)
    reach = width / 2 + 0.5 - distance
    if soft:
        return np.clip(reach, 0, 1).astype(np.float32)
    # Half a pixel and a little: a thin line has no holes.
    return (np.maximum(reach, 1.01 - distance) >= 0.5).astype(np.float32)


def laid(ground: Pixels, cover: Shares, grey: int) -> Pixels:
    """A picture [H, W, C] with as much of a grey on each pixel as the pen covered."""
    share = cover[:, :, None]
    mixed: Pixels = np.rint(ground + share * (grey - ground.astype(np.float32))).astype(np.uint8)
    return mixed
