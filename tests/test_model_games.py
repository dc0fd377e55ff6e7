"""Which games a model plays, and about what."""

from __future__ import annotations

import pytest
import torch

from tests.steps import (
    batch_of,
    losses_of,
    played,
)
from tests.tiny import (
    KINDS,
    batches_of,
    kind_of,
    recipe_of,
    rng_of,
)
from trainer.models.building import build_model

GAMES = ("reconstruction", "regularisation")


@pytest.mark.parametrize("kind", KINDS)
def test_the_games_are_those_the_recipe_names(kind: str) -> None:
    recipe = kind_of(kind)
    model, found = played(recipe)
    wanted = []
    if recipe.objective.reconstruction.kind in ("adversarial", "marginal"):
        wanted.append("reconstruction")
    if recipe.objective.regularisation.kind == "adversarial":
        wanted.append("regularisation")
    assert [game.name for game in found.games] == wanted == list(model.discriminators)
    ends = ("code", "data") if recipe.model.kind in ("fiae", "gan") else ("data", "code")
    for game in found.games:
        assert game.judges == ends[GAMES.index(game.name)]
        assert game.discriminator is model.discriminators[game.name]


@pytest.mark.parametrize("kind", KINDS)
def test_games_are_about_the_right_things(kind: str) -> None:
    """IAE and CycleIAE judge data by codes; an FIAE, with its ends exchanged, codes by data."""
    recipe = kind_of(kind)
    model, rng = build_model(recipe).train(), rng_of()
    batch = batch_of(recipe, rng)
    games = {game.name: game for game in losses_of(model, batch, rng).games}
    flipped = recipe.model.kind in ("fiae", "gan")
    if "regularisation" in games:
        (target,) = games["regularisation"].real
        assert torch.equal(target, batch.data) is flipped
        if recipe.translates:
            assert batch.other is not None and torch.equal(target, batch.other)
    if "reconstruction" in games:
        (source, imagined), (returned, again) = (
            games["reconstruction"].real,
            games["reconstruction"].fake,
        )
        assert torch.equal(source, batch.data) is not flipped
        assert torch.equal(imagined, again) and returned.shape == source.shape
        assert imagined.grad_fn is None and again.grad_fn is not None
        assert (imagined.shape == batch.data.shape) is (flipped or recipe.translates)


@pytest.mark.parametrize("noise", [0, 3])
def test_a_blurred_code_is_the_encoders_with_noise_of_that_size(noise: int) -> None:
    """In the games alone: who looks at a picture's code sees it sharp."""
    apart = {}
    for blur in (0.0, 0.5, 2.0):
        recipe = recipe_of("drawn-10", "batch=64", f"encoder_noise={noise}").but(code_blur=blur)
        model, rng = build_model(recipe).train(), rng_of()
        batch = batches_of(recipe).batch(64, 0, rng)
        rng.manual_seed(1)
        again = rng.clone_state()
        (codes,) = losses_of(model, batch, rng).games[-1].fake
        model.target(batch, again)
        eps = model.eps.sample(64, again)
        apart[blur] = (codes - model.encode(batch.data, eps)).std().item()
        sharp = model.eval().encode(batch.data, eps)
        assert torch.equal(sharp, model.encode(batch.data, eps))
    assert apart[0.0] == pytest.approx(0, abs=1e-5)
    assert apart[0.5] == pytest.approx(0.5, rel=0.15)
    assert apart[2.0] == pytest.approx(2.0, rel=0.15)


def test_the_prior_of_a_step_is_fresh_and_of_the_right_kind() -> None:
    for kind, categorical in (("iae", False), ("iae, categories", True)):
        recipe = kind_of(kind)
        model, rng = build_model(recipe).train(), rng_of()
        batch = batches_of(recipe).batch(recipe.optim.batch, 0, rng)
        first, second = (losses_of(model, batch, rng).games[-1].real[0] for _ in range(2))
        assert not torch.equal(first, second)
        one_hot = ((first == 0) | (first == 1)).all() and (first.sum(1) == 1).all()
        assert bool(one_hot) is categorical
