"""A tile's code and noise, and the map that draws it, give the tile's own pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tiny import kind_of, pictures_of, snapshot_of
from trainer.exploring.points import drawn, points_of
from trainer.inference.render import render
from trainer.messages import Probe, column_seeds

KINDS = (
    *("iae", "iae, encoder noise", "iae, categories", "fiae", "cycleiae, no noise"),
    *("cycleiae, decoder noise", "cycleiae, encoder noise", "cycleiae, both noises"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_points_draw_the_tiles_pixel_for_pixel(kind: str) -> None:
    recipe = kind_of(kind)
    shown = snapshot_of(recipe, steps=4)
    offsets = replace(
        Probe(1, pictures_of(recipe, 1), column_seeds(2, 3)),
        code_offsets=(1.0, -0.5),
        noise_offsets=(0.5,),
    )
    tiles = render(shown, offsets).tiles[0]
    for point, tile in zip(points_of(shown, offsets), tiles, strict=True):
        picture = drawn(point, point.given[None], point.noise[None])
        np.testing.assert_array_equal(picture[0], tile)
        assert point.has_code is not recipe.translates


def test_a_probe_brings_its_own_directions() -> None:
    """Along the model's own axes, given as the probe's, the pixels are the same; ill ones do
    nothing."""
    recipe = kind_of("iae")
    shown = snapshot_of(recipe, steps=4)
    assert shown.directions is not None
    known = replace(
        Probe(1, pictures_of(recipe, 2), column_seeds(2, 3)),
        code_offsets=(1.0, -2.0),
        noise_offsets=(0.0, 1.5),
    )
    given = replace(
        known,
        code_axes=shown.directions.code_axes[:2].numpy(),
        noise_axes=shown.directions.noise_axes[:2].numpy(),
    )
    tiles = render(shown, known).tiles
    np.testing.assert_array_equal(render(shown, given).tiles, tiles)
    plain = render(shown, replace(known, code_offsets=(), noise_offsets=())).tiles
    assert not np.array_equal(plain, tiles)
    ill = torch.ones(2, 3).numpy()
    np.testing.assert_array_equal(
        render(shown, replace(known, code_axes=ill, noise_axes=ill)).tiles, plain
    )
