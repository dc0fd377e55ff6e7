"""What changes in the course of a run."""

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
    kind_of,
    recipe_of,
    same,
    trained,
    weights,
)
from trainer.messages import LOSSES
from trainer.objectives.schedule import Schedule
from trainer.recipe.catalogue import find_recipe
from trainer.training.loop import run, start, step
from trainer.training.step import next_batch


def test_schedules_fall_as_the_recipe_says() -> None:
    recipe = find_recipe("mnist-10").with_settings(
        ["steps=1000", "warm=0.1", "euclidean=0.3", "euclidean_until=0.5", "encoder_rate=0.2"]
    )
    began, warm, plain, late, end, past = (
        Schedule.at(recipe, number) for number in (0, 99, 100, 750, 1000, 2000)
    )
    assert began.warm and warm.warm and not plain.warm
    assert (began.fade, late.fade, end.fade, past.fade) == (1, 0.25, 0, 0)
    assert (began.rate, plain.rate, end.rate, past.rate) == pytest.approx((1, 1, 0.05, 0.05))
    assert late.rate == pytest.approx((1 + 0.05) / 2)
    assert (began.euclidean, warm.euclidean) == (1, 1)
    assert plain.euclidean == pytest.approx(0.3 * 0.8)
    assert (Schedule.at(recipe, 500).euclidean, end.euclidean, past.euclidean) == (0, 0, 0)
    assert (warm.encoder, plain.encoder) == (1, 0.2)


def test_the_values_on_the_device_are_those_of_the_schedule() -> None:
    recipe = find_recipe("mnist-10").with_settings(
        ["steps=1000", "warm=0", "euclidean=0.3", "encoder_rate=0.2", "decay_from=0.5"]
    )
    now = Schedule.at(recipe, 900)
    assert len(set(now.values)) == 5
    values = torch.tensor(now.values, dtype=torch.float64)
    assert now.on_device(values).values == now.values
    assert now.on_device(values).phase == now.phase
    assert now.on_device(values + 1).values == pytest.approx([value + 1 for value in now.values])


def test_a_warm_start_may_have_larger_batches() -> None:
    recipe = recipe_of("drawn-10", "steps=20", "warm=0.25", "warm_batch=14")
    state, batches = start(recipe, CPU), batches_of(recipe)
    sizes = []
    for _ in range(recipe.schedule.steps):
        batch = next_batch(state, batches)
        sizes.append(len(batch))
        step(state, batch)
    assert sizes == [14] * 5 + [recipe.optim.batch] * 15
    by_itself = start(recipe, CPU)
    for _ in run(by_itself, batches, recipe.schedule.steps):
        pass
    assert same(weights(by_itself), weights(state))


def test_a_warm_start_plays_no_reconstruction_game_and_no_euclidean_one_is_left() -> None:
    recipe = recipe_of(
        "drawn-10", "steps=20", "warm=0.25", "euclidean=0.3", "euclidean_until=0.5", "r1_every=1"
    )
    told = losses(trained(recipe, 20)[1])
    for name in ("reconstruction discriminator", "reconstruction generator", "reconstruction R1"):
        assert np.isnan(told[name][:5]).all() and np.isfinite(told[name][5:]).all()
    assert np.isfinite(told["regularisation discriminator"]).all()
    assert np.isfinite(told["Euclidean or cross-entropy error"][:10]).all()
    assert np.isnan(told["Euclidean or cross-entropy error"][10:]).all()


@pytest.mark.parametrize("kind", ["iae, categories", "iae, labels", "fiae, categories"])
def test_a_warm_start_of_categories_is_the_encoders_alone(kind: str) -> None:
    """No game, no matter what the decoder paints; it paints what each category holds."""
    recipe = kind_of(kind).with_settings(["warm=0.25", "noise=6"])
    told = losses(trained(recipe, 20)[1])
    for name in LOSSES[:4]:
        assert np.isnan(told[name][:5]).all() and np.isfinite(told[name][5:]).all()
    for name in ("Euclidean or cross-entropy error", "inconsistency", "imbalance"):
        assert np.isfinite(told[name][:5]).all()
    (one, _), (two, _) = (
        trained(recipe.with_settings([f"noise_scale={scale}"]), 5) for scale in (0, 1)
    )
    assert same(one.model.encoder.state_dict(), two.model.encoder.state_dict())
    assert not same(one.model.decoder.state_dict(), two.model.decoder.state_dict())
    begun = start(recipe, CPU).model
    batch = batches_of(recipe).batch(12, 0, one.rng)
    painted = begun.train().clustering_warm_up(batch, one.rng).autoencoded
    assert (
        painted is not None
        and [len(side) for side in painted()] == [recipe.optim.batch] * 2 != [12] * 2
    )
    begun = start(recipe, CPU).model
    assert not same(one.model.encoder.state_dict(), begun.encoder.state_dict())
    assert same(one.model.discriminators.state_dict(), begun.discriminators.state_dict())


def test_learning_rates_reach_the_optimisers() -> None:
    recipe = recipe_of("drawn-10", "steps=10", "warm=0", "encoder_rate=0.2", "generator_rate=0.001")
    state, _ = trained(recipe, 10)
    encoder, decoder = (group["lr"] for group in state.optimisers["generators"].param_groups)
    last = Schedule.at(recipe, 9).rate
    assert decoder == pytest.approx(0.001 * last) and encoder == pytest.approx(0.2 * decoder)
    (discriminators,) = (group["lr"] for group in state.optimisers["discriminators"].param_groups)
    assert discriminators == pytest.approx(recipe.optim.discriminator_rate * last)
