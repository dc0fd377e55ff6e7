"""Steps of every model with every kind of code: who moves, and that all of them learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.steps import played
from tests.tiny import CPU, KINDS, batches_of, kind_of, recipe_of, rng_of, same, where_it_matters
from trainer.messages import LOSSES
from trainer.recipe.recipe import Recipe
from trainer.training.loop import TrainState, start, step


def moved(state: TrainState, before: dict[str, torch.Tensor]) -> set[str]:
    """Which networks' weights a training changed since."""
    return {
        name.removeprefix("discriminators.").split(".")[0]
        for name, weight in state.model.named_parameters()
        if not torch.equal(weight, before[name])
    }


def copied(state: TrainState) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in state.model.named_parameters()}


def one_step(recipe: Recipe) -> tuple[TrainState, dict[str, torch.Tensor]]:
    """A state after one step, and its weights before it."""
    state = start(recipe, CPU)
    before = copied(state)
    step(state, batches_of(recipe).batch(recipe.optim.batch, 0, state.rng))
    return state, before


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_moves_every_network_that_has_a_part(kind: str) -> None:
    recipe = kind_of(kind).with_settings(["warm=0"])
    state, before = one_step(recipe)
    assert moved(state, before) == {*state.model.generators(), *state.model.discriminators}


@pytest.mark.parametrize("kind", ["iae", "cycleiae, decoder noise", "fiae", "infogan"])
def test_generators_and_discriminators_learn_nothing_from_each_others_losses(
    kind: str,
) -> None:
    recipe = where_it_matters(kind_of(kind), "warm=0", "r1=0.5", "r1_code=0.5")
    frozen, before = one_step(recipe.with_settings(["generator_rate=0"]))
    assert moved(frozen, before) == set(frozen.model.discriminators)
    frozen, before = one_step(recipe.with_settings(["discriminator_rate=0"]))
    assert moved(frozen, before) == {"encoder", "decoder"}
    # However much the generators mind, their discriminators learn the same.
    more = ["reconstruction_weight=9", "regularisation_weight=7", "distance_weight=5"]
    (one, _), (other, _) = one_step(recipe), one_step(where_it_matters(recipe, *more))
    assert same(one.model.discriminators.state_dict(), other.model.discriminators.state_dict())


def test_a_gans_encoder_has_no_part_in_it() -> None:
    state, before = one_step(kind_of("gan"))
    assert list(state.model.generators()) == ["decoder"]
    assert moved(state, before) == {"decoder", "regularisation"}


# ---- the four special cases of Section 2, and every kind ----


def finite(state_losses: list[torch.Tensor], name: str) -> np.ndarray:
    values = torch.stack(state_losses)[:, LOSSES.index(name)].numpy()
    return values[np.isfinite(values)]


def train_by_steps(recipe: Recipe, count: int) -> tuple[TrainState, list[torch.Tensor]]:
    state, batches = start(recipe, CPU), batches_of(recipe)
    return state, [
        step(state, batches.batch(recipe.optim.batch, 0, state.rng)) for _ in range(count)
    ]


@pytest.mark.parametrize("noise", [0, 6])
@pytest.mark.parametrize("regularisation", ["none", "adversarial"])
def test_the_four_special_cases_are_played_and_train(noise: int, regularisation: str) -> None:
    recipe = recipe_of(
        "mnist-10-small",
        "paper=true",
        f"noise={noise}",
        f"regularisation={regularisation}",
        "batch=16",
    )
    state, losses = train_by_steps(recipe, 25)
    games = ["reconstruction", "regularisation"] if regularisation != "none" else ["reconstruction"]
    assert list(state.model.discriminators) == games
    for game in games:
        assert (
            len(finite(losses, f"{game} discriminator"))
            == len(finite(losses, f"{game} generator"))
            == 25
        )
    assert len(finite(losses, "regularisation discriminator")) == 25 * (len(games) - 1)
    # The pair discriminator starts from a guess and learns to tell; so the generator's loss rises.
    discriminator, generator = (
        finite(losses, f"reconstruction {side}") for side in ("discriminator", "generator")
    )
    assert discriminator[0] > 0.5 and discriminator[-5:].mean() < 0.5 * discriminator[0]
    assert generator[-5:].mean() > 1.5 * math.log(2)
    # The decoder is deterministic in two of them.
    model, rng = state.ema, rng_of()
    z = model.prior.sample(4, rng)
    draws = [model.decode(z, model.noise.sample(4, rng)) for _ in range(2)]
    assert torch.equal(*draws) is (noise == 0)


def test_without_a_game_on_the_code_nothing_draws_it_to_the_prior() -> None:
    recipe = kind_of("iae").with_settings(["warm=0"])
    with_, without = (
        played(recipe.with_settings([f"regularisation={kind}"]))[1]
        for kind in ("adversarial", "none")
    )
    assert len(with_.games) == 2 and [game.name for game in without.games] == ["reconstruction"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_trains_to_finite_weights(kind: str) -> None:
    recipe = kind_of(kind)
    state, losses = train_by_steps(recipe, 13)
    assert torch.stack(losses)[:, -1].isfinite().all()
    assert all(value.isfinite().all() for value in state.model.state_dict().values())
    assert all(value.isfinite().all() for value in state.ema.state_dict().values())
    for game in state.model.discriminators:  # the last steps are past every warm start
        assert len(finite(losses[-3:], f"{game} generator")) == 3


@pytest.mark.parametrize(
    ("kind", "loss"),
    [
        ("aae", "Euclidean or cross-entropy error"),
        ("vae", "Euclidean or cross-entropy error"),
        ("cycleiae, l1", "L1 error"),
        ("infogan", "likelihood error"),
        ("iae, labels", "label error"),
        ("iae, categories", "inconsistency"),
        ("fiae, categories", "inconsistency"),
        ("cycleiae, encoder noise", "diversity penalty"),
        ("iae, first moment", "first-moment penalty"),
    ],
)
def test_what_is_minimised_falls(kind: str, loss: str) -> None:
    settings = [
        "steps=60",
        "generator_rate=0.01",
        "encoder_rate=1",
        "batch=16",
        "balance=0",
        "input_noise=0",
        "distance_weight=1",
        "noise_scale=0.1",
    ]
    _, losses = train_by_steps(where_it_matters(kind_of(kind), *settings), 40)
    values = finite(losses, loss)
    assert len(values) == 40
    assert values[-8:].mean() < 0.85 * values[:4].mean()
