"""The small picture that a bookmark is recognised by."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from trainer.exploring.questions.keeping import Drawn
from trainer.messages import Cloud, Pixels

SIZE = (240, 144)  # px, at the most
ROWS, COLUMNS = 3, 4  # of the grid, with what is selected among them
GROUND = 24  # of a plot's, and between tiles
_COLOURS = np.array(
    [
        (86, 156, 214),
        (230, 159, 0),
        (86, 180, 120),
        (220, 100, 90),
        (160, 120, 210),
        (120, 200, 220),
        (220, 200, 90),
    ],
    np.uint8,
)


def thumbnail_of(
    drawn: Drawn, seen: Pixels, row: int = 0, column: int = 0, back: bool = False
) -> bytes:
    """A PNG of what was drawn, around the tile of that row and column.

    `seen` [N, H, W, C] are the inputs; `back`: the ways back are shown in place of the tiles.
    """
    if drawn.cloud is not None:
        picture = _plot(drawn.cloud)
    elif drawn.clusters is not None:
        picture = _sheet(drawn.clusters.tiles[:ROWS, : COLUMNS + 1])
    elif drawn.rendering is not None and len(seen):
        answer = drawn.rendering
        tiles = answer.way_back if back and answer.way_back is not None else answer.tiles
        rows, columns = _around(row, len(tiles), ROWS), _around(column, tiles.shape[1], COLUMNS)
        picture = _sheet(np.concatenate([seen[rows, None], tiles[rows, columns]], axis=1))
    else:
        picture = np.full((SIZE[1] // 2, SIZE[0] // 2, 3), GROUND, np.uint8)
    made = Image.fromarray(picture)
    made.thumbnail(SIZE, Image.Resampling.LANCZOS)
    file = io.BytesIO()
    made.save(file, "PNG")
    return file.getvalue()


def fit_to_show(data: bytes) -> bytes:
    """The picture, where it is one of ours by its size; else nothing. Its pixels are not read."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            fits = image.width <= SIZE[0] and image.height <= SIZE[1]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return b""
    return data if fits else b""


def _around(place: int, count: int, most: int) -> slice:
    """At most so many places, with this one among them."""
    first = min(max(place - most // 2, 0), max(count - most, 0))
    return slice(first, first + most)


def _sheet(tiles: Pixels) -> Pixels:
    """Tiles [R, D, H, W, C] in their rows, a pixel apart."""
    apart = np.pad(tiles, ((0, 0), (0, 0), (0, 1), (0, 1), (0, 0)), constant_values=GROUND)
    rows, columns, height, width, channels = apart.shape
    whole = apart.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels)
    return np.ascontiguousarray(np.broadcast_to(whole, (*whole.shape[:2], 3))[:-1, :-1])


def _plot(cloud: Cloud) -> Pixels:
    """The points of the data in grey, those of the model in the colours of their codes."""
    side = SIZE[1]
    picture = np.full((side, side, 3), GROUND, np.uint8)
    points = np.nan_to_num(cloud.real)
    centre, reach = points.mean(0), max(float(np.abs(points - points.mean(0)).max()), 1e-6) * 1.15
    shades = _COLOURS[cloud.component % len(_COLOURS)]
    for some, colours in ((cloud.real, np.full((len(cloud.real), 3), 110)), (cloud.fake, shades)):
        at = (np.nan_to_num(some) - centre) / reach * (side / 2) + side / 2
        inside = ((at >= 0) & (at < side)).all(1)
        x, y = at[inside].astype(int).T
        picture[side - 1 - y, x] = colours[inside]
    return picture
