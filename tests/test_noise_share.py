"""The share of the noise: one formula for the window, the evaluation and the content measure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.tiny import data_of, pictures_of, recipe_of, snapshot_of
from trainer.evaluation.formulas.content import noise_part
from trainer.evaluation.measures.reconstructions import evaluate_images, reconstructions
from trainer.inference.noise_share import noise_share
from trainer.inference.render import render
from trainer.messages import Probe, column_seeds


def test_what_is_all_noise_is_told_as_all_noise_however_few_the_columns() -> None:
    """The mean of two draws is off the mean image too, by half of their variance: no content."""
    rng = np.random.default_rng(0)
    for draws in (2, 8):
        tiles = rng.normal(0, 1, (2000, draws))
        share = noise_share(tiles.var(1, ddof=1).mean(), (tiles.mean(1) ** 2).mean(), draws)
        assert share > 0.95
    assert noise_share(0.0, 4.0, 2) == noise_share(0.0, 0.0, 2) == 0
    np.testing.assert_allclose(noise_share([1.0, 1.0], [0.5, 3.5], 2), [1.0, 0.25])


def test_the_window_the_evaluation_and_the_content_measure_agree() -> None:
    recipe = recipe_of("drawn-10", "noise_scale=1")
    shown, data = snapshot_of(recipe, 30), data_of(recipe)
    test = data.test.images[:60]
    few = replace(data, test=replace(data.test, images=test, labels=data.test.labels[:60]))
    told = evaluate_images(shown, few, None)["noise_share"]
    draws = reconstructions(shown, test.float() / 255, torch.Generator().manual_seed(0))
    assert noise_part(draws.transpose(0, 1)) == pytest.approx(told, abs=2e-4)
    # A row is measured from the mean image: the mean of many is near the share of all.
    assert shown.directions is not None
    pixels = pictures_of(recipe, 60)
    rows = render(shown, Probe(0, pixels, column_seeds(0, 8))).noise_share
    assert rows.mean() == pytest.approx(told, rel=0.4)


def test_a_rows_share_is_told_of_variances_in_its_own_pictures() -> None:
    """Worked out again from what is seen: squared distances, of draws and from the mean image."""
    recipe = recipe_of("drawn-10", "noise_scale=1")
    shown = snapshot_of(recipe, 30)
    assert shown.directions is not None
    mean = shown.directions.mean_image.permute(1, 2, 0).numpy().astype(float)
    pictures = pictures_of(recipe, 5)
    for draws, scale in ((2, 0.2), (8, 0.2), (8, 0.5)):
        found = render(shown, Probe(0, pictures, column_seeds(0, draws), scale))
        assert 0.1 < found.noise_share.min() < 0.9
        for row, told in zip(found.tiles / 255, found.noise_share, strict=True):
            within = np.square(row - row.mean(0)).sum() / (draws - 1)
            content = max(np.square(row.mean(0) - mean).sum() - within / draws, 0.0)
            assert told == pytest.approx(within / (within + content), rel=0.02)


numbers = st.floats(-1e300, 1e300)


@given(within=numbers, of_means=numbers, draws=st.integers(1, 100))
def test_the_share_of_the_noise_is_a_share(within: float, of_means: float, draws: int) -> None:
    assert 0 <= noise_share(within, of_means, draws) <= 1


def test_a_share_of_what_is_no_number_is_none() -> None:
    wild = [float("nan"), float("inf"), 1.0, 1.0]
    assert np.isnan(noise_share(wild, [1.0, 1.0, float("nan"), 0.0], 8)).tolist() == [
        *(True, True, True, False)
    ]
