"""Directions, strips, factors and shares of models whose answers are known in closed form."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch
from torch import nn

from tests.closed_form import PIXELS, SIDE, Linear, linear, matrix
from tests.tiny import kind_of, pictures_of, snapshot_of
from trainer.data.distributions import Gaussian
from trainer.evaluation.formulas.factor_probe import FactorProbe
from trainer.exploring.factor_names import correlations, factors_of
from trainer.exploring.local_directions import find
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.directions import (
    ALL,
    HERE,
    MOST,
    RAW,
    STRIP,
    Factor,
    WhichDirections,
    WhichFactors,
    WhichStrips,
)
from trainer.exploring.questions.shares import WhichShare
from trainer.exploring.shares import batch_share, share_of_batch, verdict_on
from trainer.exploring.strips import draw_strips
from trainer.inference.render import render
from trainer.inference.snapshot import Snapshot
from trainer.messages import Probe, column_seeds

NOBODY = Circumstances()
KINDS = (
    *("iae", "iae, encoder noise", "iae, no noise", "iae, categories", "fiae", "vae"),
    *("cycleiae, decoder noise", "cycleiae, encoder noise", "cycleiae, both noises"),
)


@lru_cache(maxsize=len(KINDS))
def trained(kind: str) -> Snapshot:
    """A model of that kind after a few steps."""
    return snapshot_of(kind_of(kind), steps=4)


def probe_of(shape: tuple[int, ...] = (SIDE, SIDE, 1), **more: object) -> Probe:
    picture = np.random.default_rng(0).integers(0, 256, (1, *shape), np.uint8)
    return Probe(1, picture, (5,), **more)


def aligned(found: np.ndarray, known: torch.Tensor) -> np.ndarray:
    """How much of each found direction lies along the known one, whatever the sign."""
    unit = found / np.linalg.norm(found, axis=1, keepdims=True)
    return np.abs((unit * known.numpy()).sum(1))


# ---- directions ----------------------------------------------------------------------------------


def test_of_a_linear_map_they_are_its_singular_vectors() -> None:
    w, of_w = matrix([9.0, 5.0, 2.0, 1.0], 6, seed=1)
    b, of_b = matrix([float(k) for k in range(24, 0, -1)], 40, seed=2)
    found = find(linear(w, b), WhichDirections(probe_of(), HERE, HERE), NOBODY)
    np.testing.assert_allclose(found.code.strength, [9, 5, 2, 1], rtol=1e-4)
    assert aligned(found.code.axes, of_w).min() > 0.9999
    np.testing.assert_allclose(found.noise.strength, range(24, 16, -1), rtol=2e-2)
    assert found.noise.axes.shape == (MOST, 40) and aligned(found.noise.axes[:4], of_b[:4])[0] > 0.9
    again = find(linear(w, b), WhichDirections(probe_of(), HERE, HERE), NOBODY)
    np.testing.assert_array_equal(found.noise.axes, again.noise.axes)
    for axes in (found.code.axes, found.noise.axes):
        assert all(axis[np.abs(axis).argmax()] > 0 for axis in axes), "a sign that stays"


def test_a_map_of_rank_three_has_three_and_one_that_ignores_its_noise_has_none() -> None:
    w, _ = matrix([3.0, 2.0, 1.0], 20, seed=3)
    found = find(
        linear(w, torch.zeros(32, PIXELS)), WhichDirections(probe_of(), HERE, HERE), NOBODY
    )
    np.testing.assert_allclose(found.code.strength, [3, 2, 1], rtol=1e-4)
    assert found.code.axes.shape == (3, 20) and found.noise.axes.shape == (0, 32)


def test_steps_of_the_code_are_deviations_of_the_codes_seen() -> None:
    """Of two equal dimensions the one that varies more in the data is the stronger."""
    w = torch.zeros(2, PIXELS)
    w[0, 0], w[1, 1] = 1.0, 1.0
    metric = torch.tensor([[0.0, 4.0], [0.5, 0.0]])
    found = find(
        linear(w, torch.zeros(1, PIXELS), metric), WhichDirections(probe_of(), HERE, HERE), NOBODY
    )
    np.testing.assert_allclose(found.code.strength, [4.0, 0.5], rtol=1e-5)
    np.testing.assert_allclose(found.code.axes, [[0, 4], [0.5, 0]], atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_has_those_that_make_sense(kind: str) -> None:
    recipe = kind_of(kind)
    shown = trained(kind)
    probe = replace(Probe(1, pictures_of(recipe, 1), (3,)), code_offsets=(2.0,))
    found = find(shown, WhichDirections(probe, HERE, HERE), NOBODY)
    has_code = not recipe.translates and not recipe.categorical
    assert (len(found.code.axes) > 0) is has_code
    sizes = shown.model.noise.size, shown.model.eps.size
    assert (len(found.noise.axes) > 0) is any(sizes)
    if any(sizes):
        own = sizes[0] if sizes[0] and not recipe.varies_code else sizes[1]
        assert found.noise.axes.shape[1] == own
    others = find(shown, WhichDirections(probe, RAW if has_code else ALL, ALL), NOBODY)
    known = shown.directions
    assert known is not None
    np.testing.assert_array_equal(others.noise.axes, known.noise_axes[: len(others.noise.axes)])
    if has_code:
        np.testing.assert_array_equal(np.diag(others.code.axes), known.code_std)


# ---- strips --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_strip_shows_what_the_tile_would_be_pixel_for_pixel(kind: str) -> None:
    recipe = kind_of(kind)
    shown = trained(kind)
    plain = replace(
        Probe(1, pictures_of(recipe, 2), column_seeds(2, 3)),
        code_offsets=(0.5, -1.0),
        noise_offsets=(0.0, 1.5),
        noise_scale=0.8,
    )
    one = replace(plain, images=plain.images[1:], noise_seeds=plain.noise_seeds[2:])
    found = find(shown, WhichDirections(one, HERE, HERE), NOBODY)
    axes = {"code_axes": found.code.axes, "noise_axes": found.noise.axes}
    given = {name: each if len(each) else None for name, each in axes.items()}
    for more in ({}, given):
        strips = draw_strips(shown, WhichStrips(replace(one, **more), (0, 3), (1,)), NOBODY)
        assert strips.code.shape == (2, len(STRIP), *recipe.image_shape)
        for side, rows, numbers in (
            ("code_offsets", strips.code, (0, 3)),
            ("noise_offsets", strips.noise, (1,)),
        ):
            for row, number in zip(rows, numbers, strict=True):
                for picture, offset in zip(row, STRIP, strict=True):
                    offsets = [*getattr(plain, side), 0.0, 0.0]
                    offsets[number] = offset
                    asked = replace(plain, **more, **{side: tuple(offsets)})
                    np.testing.assert_array_equal(picture, render(shown, asked).tiles[1, 2])


# ---- the share of the noise ----------------------------------------------------------------------


def test_the_share_of_a_linear_decoder_is_that_of_its_matrices() -> None:
    """Codes of variance c: the share is |B|^2 / (c |W|^2 + |B|^2)."""
    w, _ = matrix([0.3, 0.2], 2, seed=4)
    rng = torch.Generator().manual_seed(0)
    images = torch.rand(400, 1, SIDE, SIDE, generator=rng)
    of_code = images.flatten(1)[:, :2].var(0).mean() * w.square().sum()
    for strength in (0.0, 0.1, 0.5):
        b, _ = matrix([strength], 3, seed=5)
        share = batch_share(linear(w, b), images, NOBODY)
        expected = float(strength**2 / (of_code + strength**2))
        assert share == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.0, "ignores"), (0.02, "fine"), (0.79, "fine"), (0.85, "drowns")]
)
def test_a_share_is_judged(share: float, verdict: str) -> None:
    assert verdict_on(share) == verdict


def test_where_there_is_no_noise_or_nothing_is_learned_no_share_is_told() -> None:
    w, b = torch.ones(2, PIXELS), torch.ones(3, PIXELS)
    for shown in (replace(linear(w, b), step=0), linear(w, torch.zeros(0, PIXELS))):
        assert share_of_batch(shown, WhichShare(), NOBODY).batch is None
    told = share_of_batch(linear(w, torch.zeros(3, PIXELS)), WhichShare(), NOBODY)
    assert (told.batch, told.verdict) == (0.0, "ignores")
    assert share_of_batch(linear(w / 1e3, b), WhichShare(), NOBODY).verdict == "drowns"


# ---- known factors -------------------------------------------------------------------------------


def test_a_reading_that_follows_the_offset_has_correlation_one() -> None:
    offsets = torch.tensor(STRIP)
    base = torch.tensor([[5.0], [-70.0]])  # images differ; only what moves within one counts
    readings = torch.stack([base + 2 * offsets, base - offsets, base + 0 * offsets], 2)
    found = correlations(readings, offsets)
    np.testing.assert_allclose(found, [1, -1, 0], atol=1e-6)
    half = correlations(torch.stack([offsets, offsets.square() - 2], 0)[:, :, None], offsets)
    assert float(half) == pytest.approx(10 / 480**0.5)


class Halves(nn.Module):
    """Reads how bright the upper half is, and the lower."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.stack([half.mean((1, 2, 3)) for half in images.chunk(2, 2)], 1)


def test_a_direction_is_named_by_the_factor_that_it_moves() -> None:
    w = torch.zeros(2, PIXELS)
    w[0, : PIXELS // 2], w[1, PIXELS // 2 :] = 0.1, -0.1
    b = torch.zeros(1, PIXELS)
    b[0, : PIXELS // 2] = -0.02
    probe = FactorProbe(Halves(), torch.zeros(2), torch.ones(2), (0.9, 0.9))
    images = torch.randint(0, 256, (6, 1, SIDE, SIDE), dtype=torch.uint8)
    asked = WhichFactors(np.eye(2, dtype=np.float32), np.ones((1, 1), np.float32))
    told = factors_of(linear(w, b), asked, images, probe, ("upper", "lower"), NOBODY)
    assert told.code == (Factor("upper", 1.0), Factor("lower", -1.0))
    assert told.noise == (Factor("upper", -1.0),)
    blind = replace(probe, held_out=(0.1, 0.2))
    told = factors_of(linear(w, b), asked, images, blind, ("upper", "lower"), NOBODY)
    assert told.code == (None, None), "the probe reads neither"


def test_noise_of_the_encoder_is_moved_where_the_decoder_has_none() -> None:
    class Cloudy(Linear):
        def encode(self, x: torch.Tensor, eps: torch.Tensor) -> torch.Tensor:
            return super().encode(x, eps) + eps @ torch.tensor([[0.0, 3.0], [1.0, 0.0]])

    w = torch.zeros(2, PIXELS)
    w[0, 0], w[1, 1] = 1.0, 1.0
    model = Cloudy(w, torch.zeros(0, PIXELS))
    model.eps = Gaussian(2)
    recipe = linear(w, torch.zeros(1, PIXELS)).recipe.but(noise=0, encoder_noise=2)
    shown = replace(linear(w, torch.zeros(0, PIXELS)), recipe=recipe, model=model)
    found = find(shown, WhichDirections(probe_of(), HERE, HERE), NOBODY)
    np.testing.assert_allclose(found.noise.strength, [3, 1], rtol=1e-5)
    np.testing.assert_allclose(found.noise.axes, np.eye(2), atol=1e-5)
