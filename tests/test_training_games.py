"""The games of a step are those that the recipe asks for."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.steps import (
    losses,
)
from tests.tiny import (
    CPU,
    batches_of,
    recipe_of,
    trained,
)
from trainer.data.batches import Batch
from trainer.models.base import StepLosses
from trainer.objectives.adversarial import Game
from trainer.objectives.schedule import Schedule
from trainer.recipe.recipe import Recipe
from trainer.training.loop import start, step


def test_instance_noise_and_r1_follow_what_is_judged() -> None:
    """An FIAE's pair discriminator judges codes, its other discriminator images."""
    settings = ["warm=0", "r1=0.5", "r1_code=0", "r1_every=1", "steps=20"]
    for name, on_data, on_code in (
        ("drawn-10", "reconstruction R1", "regularisation R1"),
        ("fiae-mnist-small", "regularisation R1", "reconstruction R1"),
    ):
        told = losses(trained(recipe_of(name, *settings), 2)[1])
        assert np.isfinite(told[on_data]).all() and np.isnan(told[on_code]).all()
        swapped = [*settings, "r1=0", "r1_code=0.5"]
        told = losses(trained(recipe_of(name, *swapped), 2)[1])
        assert np.isnan(told[on_data]).all() and np.isfinite(told[on_code]).all()


def games_of_a_step(recipe: Recipe, number: int) -> dict[str, Game]:
    """The games as they were played in the step of that number."""
    state, kept = start(recipe, CPU), []
    losses = state.model.losses

    def watched(batch: Batch, now: Schedule, rng: torch.Generator) -> StepLosses:
        kept.append(losses(batch, now, rng))
        return kept[-1]

    state.model.losses = watched  # type: ignore[method-assign]
    state.step = number
    step(state, batches_of(recipe).batch(recipe.optim.batch, 0, state.rng))
    return {game.name: game for game in kept[0].games}


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("drawn-10", "reconstruction", "regularisation"),
        ("shoes-small", "reconstruction", "regularisation"),
        ("fiae-mnist-small", "regularisation", "reconstruction"),
    ],
)
def test_games_are_played_as_the_recipe_says(name: str, data: str, code: str) -> None:
    recipe = recipe_of(
        name,
        *["steps=10", "warm=0", "reconstruction_weight=3", "regularisation_weight=5"],
        *["mismatched=0.8", "mismatched_last=0.4", "instance_noise=0.6", "code_noise=0.2"],
        *["r1=0.3", "r1_code=0.1", "r1_every=5"],
    )
    for number, fade, paid in ((0, 1.0, True), (4, 0.6, False), (5, 0.5, True)):
        games = games_of_a_step(recipe, number)
        assert games["reconstruction"].weight == 3 and games["regularisation"].weight == 5
        assert games["reconstruction"].mismatched == pytest.approx(0.4 + 0.4 * fade)
        assert games["regularisation"].mismatched == 0
        assert games[data].instance_noise == pytest.approx(0.6 * fade)
        assert games[code].instance_noise == pytest.approx(0.2 * fade)
        assert games[data].r1 == pytest.approx(1.5 if paid else 0)
        assert games[code].r1 == pytest.approx(0.5 if paid else 0)


def test_penalties_count_as_much_as_their_weight() -> None:
    slopes = []
    for weight in (1, 4):
        recipe = recipe_of("aae-small", "regularisation=none", f"distance_weight={weight}")
        state = start(recipe, CPU)
        step(state, batches_of(recipe).batch(recipe.optim.batch, 0, state.rng))
        slopes.append(next(state.model.decoder.parameters()).grad)
    torch.testing.assert_close(slopes[1], 4 * slopes[0])


def test_the_fading_euclidean_term_counts_as_much_as_the_recipe_says() -> None:
    """Where it is all that the decoder learns from: 1 in a warm start, then its weight."""
    settings = ["reconstruction=none", "steps=10", "euclidean_until=1"]
    slopes = {}
    for name, more in (
        ("warm", ["warm=0.5", "euclidean=0.1"]),
        ("strong", ["warm=0", "euclidean=0.4"]),
        ("weak", ["warm=0", "euclidean=0.1"]),
    ):
        recipe = recipe_of("vae-small", *settings, *more)
        state = start(recipe, CPU)
        step(state, batches_of(recipe).batch(recipe.optim.batch, 0, state.rng))
        slopes[name] = next(state.model.decoder.parameters()).grad
    torch.testing.assert_close(slopes["strong"], 4 * slopes["weak"])
    torch.testing.assert_close(slopes["warm"], 10 * slopes["weak"])
