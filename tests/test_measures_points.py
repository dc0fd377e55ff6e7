"""Measures of points in the plane, on models made by hand whose right answer is known."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from tests.measured import Call
from tests.tiny import recipe_of, snapshot_of
from trainer.data.drawing.points import (
    FOUR,
    FOUR_SIGMA,
    MODES,
    SIGMA,
    mode_centres,
    nearest_mode,
    nearest_place,
)
from trainer.data.loading import load_data
from trainer.evaluation.measures.mixture import evaluate_points
from trainer.evaluation.measures.posteriors import evaluate_places
from trainer.inference.snapshot import Snapshot

# ---- a mixture ----


def points_model(name: str, decode: Any) -> Snapshot:
    """A snapshot whose decoder is a function, and whose encoder knows the components."""
    snapshot = snapshot_of(recipe_of(name))
    snapshot.model.decoder = Call(decode)
    snapshot.model.encoder = Call(
        lambda x, eps: functional.one_hot(nearest_mode(x)[0], MODES).float()
    )
    return snapshot


def measured(name: str, decode: Any) -> dict[str, Any]:
    return evaluate_points(points_model(name, decode), load_data(recipe_of("mog-iae")))


def test_a_perfect_mixture() -> None:
    def decode(z: Tensor, n: Tensor) -> Tensor:
        return mode_centres().roll(3, 0)[z.argmax(1)] + SIGMA * n[:, :2]

    told = measured("mog-iae", decode)
    assert told["modes"] == 7 and told["high_quality"] > 0.998
    assert told["within_mode_spread"] == pytest.approx(1, abs=0.03)
    assert told["code_used"] > 0.999 and told["cluster_accuracy"] > 0.999


def test_a_collapsed_mixture() -> None:
    told = measured("mog-iae", lambda z, n: mode_centres()[:1] + SIGMA * n[:, :2])
    assert told["modes"] == 1 and told["high_quality"] > 0.998
    assert told["code_used"] == pytest.approx(1 / 7, abs=0.02)


def test_shrunken_modes() -> None:
    told = measured("mog-iae", lambda z, n: mode_centres()[z.argmax(1)] + 0.25 * SIGMA * n[:, :2])
    assert told["modes"] == 7 and told["high_quality"] == 1
    assert told["within_mode_spread"] == pytest.approx(0.25, abs=0.01)


def test_a_gan_that_ignores_its_code() -> None:
    def decode(z: Tensor, n: Tensor) -> Tensor:
        return mode_centres()[(n[:, 2] * 1e4).long() % MODES] + SIGMA * n[:, :2]

    told = measured("mog-gan", decode)
    assert told["modes"] == 7 and told["code_used"] == pytest.approx(1 / 7, abs=0.03)
    assert "cluster_accuracy" not in told  # it has no encoder


def test_points_between_the_modes_are_no_good() -> None:
    told = measured("mog-iae", lambda z, n: torch.zeros(len(z), 2))
    assert told["high_quality"] == 0 and told["within_mode_spread"] is None
    assert told["not_measured"] == {"within_mode_spread": "no sample lies near a component"}


# ---- posteriors in the plane ----


def places_model(encode: Any) -> Snapshot:
    """Each quadrant of the prior makes one of the four points."""
    snapshot = snapshot_of(recipe_of("fiae-toy"))

    def decode(z: Tensor, n: Tensor) -> Tensor:
        return 1.5 * z.sign() + FOUR_SIGMA * n

    snapshot.model.decoder, snapshot.model.encoder = Call(decode), Call(encode)
    return snapshot


def places(encode: Any) -> dict[str, Any]:
    return evaluate_places(places_model(encode), load_data(recipe_of("fiae-toy")))


def signs(x: Tensor) -> Tensor:
    return torch.tensor(FOUR)[nearest_place(x)].sign()


def test_a_posterior_that_tiles_the_prior() -> None:
    told = places(lambda x, eps: signs(x) * eps[:, :2].abs())
    assert told["places"] == 4 and told["high_quality"] > 0.998
    assert told["posterior_accuracy"] == pytest.approx(0.5, abs=0.03)
    assert told["prior_distance"] <= 1.5 * told["prior_floor"]


def test_factorised_gaussians_overlap_and_leave_gaps() -> None:
    told = places(lambda x, eps: 0.8 * signs(x) + 0.6 * eps[:, :2])
    assert told["posterior_accuracy"] > 0.55
    assert told["prior_distance"] > 1.5 * told["prior_floor"]
