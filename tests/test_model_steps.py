"""Steps of every model with every kind of code: who moves, and that all of them learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.tiny import CPU, KINDS, feed_of, kind_of, played, recipe_of, rng_of, same
from trainer.messages import LOSSES
from trainer.recipe.recipe import Recipe
from trainer.training.loop import TrainState, start, step


def moved(state: TrainState, before: dict[str, torch.Tensor]) -> set[str]:
    """Which networks' weights a training changed since."""
    return {
        name.removeprefix("critics.").split(".")[0]
        for name, weight in state.model.named_parameters()
        if not torch.equal(weight, before[name])
    }


def copied(state: TrainState) -> dict[str, torch.Tensor]:
    return {name: weight.detach().clone() for name, weight in state.model.named_parameters()}


def one_step(recipe: Recipe) -> tuple[TrainState, dict[str, torch.Tensor]]:
    """A state after one step, and its weights before it."""
    state = start(recipe, CPU)
    before = copied(state)
    step(state, feed_of(recipe).batch(recipe.batch, 0, state.rng))
    return state, before


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_moves_every_network_that_has_a_part(kind: str) -> None:
    recipe = kind_of(kind).with_settings(["warm=0"])
    state, before = one_step(recipe)
    assert moved(state, before) == {*state.model.players(), *state.model.critics}


@pytest.mark.parametrize("kind", ["iae", "cycleiae, decoder noise", "fiae", "infogan"])
def test_players_learn_nothing_from_the_critics_losses_and_critics_nothing_from_theirs(
    kind: str,
) -> None:
    recipe = kind_of(kind).with_settings(["warm=0", "r1=0.5", "r1_code=0.5"])
    frozen, before = one_step(recipe.with_settings(["player_rate=0"]))
    assert moved(frozen, before) == set(frozen.model.critics)
    frozen, before = one_step(recipe.with_settings(["critic_rate=0"]))
    assert moved(frozen, before) == {"encoder", "decoder"}
    # However much the players mind, their critics learn the same.
    more = ["reconstruction_weight=9", "regularisation_weight=7", "distance_weight=5"]
    (one, _), (other, _) = one_step(recipe), one_step(recipe.with_settings(more))
    assert same(one.model.critics.state_dict(), other.model.critics.state_dict())


def test_a_gans_encoder_has_no_part_in_it() -> None:
    state, before = one_step(kind_of("gan"))
    assert list(state.model.players()) == ["decoder"]
    assert moved(state, before) == {"decoder", "regularisation"}


# ---- the four special cases of Section 2, and every kind ----


def finite(state_losses: list[torch.Tensor], name: str) -> np.ndarray:
    values = torch.stack(state_losses)[:, LOSSES.index(name)].numpy()
    return values[np.isfinite(values)]


def train_by_steps(recipe: Recipe, count: int) -> tuple[TrainState, list[torch.Tensor]]:
    state, feed = start(recipe, CPU), feed_of(recipe)
    return state, [step(state, feed.batch(recipe.batch, 0, state.rng)) for _ in range(count)]


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
    assert list(state.model.critics) == games
    for game in games:
        assert len(finite(losses, f"{game} critic")) == len(finite(losses, f"{game} player")) == 25
    assert len(finite(losses, "regularisation critic")) == 25 * (len(games) - 1)
    # The pair critic starts from a guess and learns to tell; so the player's loss rises.
    critic, player = (finite(losses, f"reconstruction {side}") for side in ("critic", "player"))
    assert critic[0] > 0.5 and critic[-5:].mean() < 0.5 * critic[0]
    assert player[-5:].mean() > 1.5 * math.log(2)
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
    for game in state.model.critics:  # the last steps are past every warm start
        assert len(finite(losses[-3:], f"{game} player")) == 3


@pytest.mark.parametrize(
    ("kind", "loss"),
    [
        ("aae", "Euclidean error"),
        ("vae", "Euclidean error"),
        ("cycleiae, l1", "L1 error"),
        ("infogan", "likelihood error"),
        ("iae, labels", "label error"),
        ("iae, categories", "inconsistency"),
        ("fiae, categories", "inconsistency"),
        ("cycleiae, encoder noise", "sameness"),
    ],
)
def test_what_is_minimised_falls(kind: str, loss: str) -> None:
    settings = [
        "steps=60",
        "player_rate=0.01",
        "encoder_rate=1",
        "batch=16",
        "balance=0",
        "input_noise=0",
        "distance_weight=1",
        "noise_scale=0.1",
    ]
    _, losses = train_by_steps(kind_of(kind).with_settings(settings), 40)
    values = finite(losses, loss)
    assert len(values) == 40
    assert values[-8:].mean() < 0.85 * values[:4].mean()
