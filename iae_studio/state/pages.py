"""How what the middle shows becomes one picture of an answer: the grid, all categories, a tile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from iae_studio.state.input_list import Input
from trainer.messages import Clusters, Pixels, Rendering
from trainer.reporting.sheets import grid_page

# Made of whichever there is; None where the answer is about something else.
Page = Callable[[Rendering | None, Clusters | None], Pixels | None]


def tile_of(
    inputs: tuple[Input, ...],
    row: int,
    column: int,
    way_back: bool,
    rendering: Rendering | None,
    _: Clusters | None,
) -> Pixels | None:
    """One tile of a rendering of these inputs."""
    tiles = _tiles_of(rendering, way_back)
    there = tiles is not None and len(tiles) == len(inputs) and 0 <= row < len(tiles)
    return tiles[row, min(column, tiles.shape[1] - 1)] if there and tiles is not None else None


def sheet_of(
    inputs: tuple[Input, ...],
    of_clusters: bool,
    way_back: bool,
    rendering: Rendering | None,
    clusters: Clusters | None,
) -> Pixels | None:
    """The whole grid of these inputs, or that of all categories."""
    if of_clusters:
        if clusters is None:
            return None
        return grid_page(list(clusters.tiles[:, 0]), clusters.tiles, None, only_tiles=True)
    tiles = _tiles_of(rendering, way_back)
    if rendering is None or tiles is None or not inputs or len(tiles) != len(inputs):
        return None
    return grid_page([known.seen for known in inputs], tiles, rendering.code_pictures)


def _tiles_of(rendering: Rendering | None, way_back: bool) -> Pixels | None:
    if rendering is None:
        return None
    back = rendering.way_back
    return np.asarray(back if way_back and back is not None else rendering.tiles)
