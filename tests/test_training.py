"""The training loop: one generator for every model, whose course follows from the seed."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch

from tests.steps import (
    losses,
)
from tests.tiny import (
    CPU,
    KINDS,
    batches_of,
    kind_of,
    recipe_of,
    same,
    snapshot_of,
    trained,
    weights,
    where_it_matters,
)
from trainer.messages import LOSSES, UserError
from trainer.recipe.recipe import Recipe
from trainer.training import loop as training
from trainer.training.loop import run, start, step


def test_reports_hold_one_row_for_each_step() -> None:
    state, reports = trained(recipe_of("mog-iae"), 40)
    assert state.step == 40
    assert sum(len(report.losses) for report in reports) == 40
    reached = np.cumsum([len(report.losses) for report in reports])
    assert [report.step for report in reports] == reached.tolist()
    assert all(report.losses.dtype == np.float32 for report in reports)
    assert all(report.names == LOSSES and report.steps == 40 for report in reports)
    assert all(report.rate > 0 and report.eta >= 0 for report in reports)
    assert [report.finished for report in reports] == [False] * (len(reports) - 1) + [True]
    assert list(run(state, batches_of(state.recipe), 40)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_follows_from_its_seed(kind: str) -> None:
    (one, first), (two, second) = (trained(kind_of(kind), 5) for _ in range(2))
    assert same(weights(one), weights(two))
    for key, values in losses(first).items():
        np.testing.assert_array_equal(values, losses(second)[key])
    other, _ = trained(kind_of(kind).with_settings(["seed=1"]), 5)
    assert not same(weights(one), weights(other))


def test_pause_is_not_to_call_next(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = trained(recipe_of("mog-iae"), 12)
    monkeypatch.setattr(training, "REPORT_SECONDS", 0.0)
    recipe = recipe_of("mog-iae")
    state = start(recipe, CPU)
    reports = run(state, batches_of(recipe), 12)
    for wanted in (1, 2, 3):
        assert next(reports).step == wanted == state.step
    torch.randn(5)
    time.sleep(0.01)
    assert state.step == 3
    next(run(state, batches_of(recipe), 4))  # a single step of its own, then on
    list(reports)
    assert state.step == 12 and same(weights(state), weights(whole))


def test_the_global_generator_is_left_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    for kind in KINDS:
        snapshot_of(where_it_matters(kind_of(kind), "r1=0.1", "instance_noise=0.3"), 2)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "settings",
    [("mog-iae",), ("mog-gan",), ("drawn-10", "warm=1"), ("drawn-10", "warm=0", "euclidean=0")],
)
def test_divergence_is_told(settings: tuple[str, ...]) -> None:
    recipe = recipe_of(*settings, "generator_rate=1e30", "discriminator_rate=1e30")
    with pytest.raises(UserError, match=r"diverged near step .* smaller learning rates"):
        trained(recipe, 40)


@pytest.mark.parametrize("name", ["mog-iae", "drawn-10", "fiae-toy", "fiae-mnist-small"])
@pytest.mark.parametrize("code_kind", ["gaussian", "categorical"])
@pytest.mark.parametrize(
    ("reconstruction", "regularisation"),
    [
        ("adversarial", "adversarial"),
        ("adversarial", "none"),
        ("marginal", "adversarial"),
        ("euclidean", "adversarial"),
        ("euclidean", "none"),
        ("l1", "adversarial"),
        ("none", "adversarial"),
    ],
)
def test_every_combination_trains(
    name: str, code_kind: str, reconstruction: str, regularisation: str
) -> None:
    recipe = recipe_of(
        name,
        f"code_kind={code_kind}",
        f"reconstruction={reconstruction}",
        f"regularisation={regularisation}",
        *["warm=0.3", "steps=6", "encoder_noise=2", "mismatched=0", "mismatched_last=0"],
    )
    state, reports = trained(recipe, 6)
    told = losses(reports)
    adversarial = reconstruction in ("adversarial", "marginal")
    for game, wanted in {
        "reconstruction": adversarial,
        "regularisation": regularisation == "adversarial",
    }.items():
        for side in ("discriminator", "generator"):
            late = told[f"{game} {side}"][3:]
            assert np.isfinite(late).all() if wanted else np.isnan(late).all()
    for distance in ("euclidean", "l1"):
        if reconstruction == distance:
            column = {"euclidean": "Euclidean or cross-entropy error", "l1": "L1 error"}[distance]
            assert np.isfinite(told[column]).all()
    assert all(value.isfinite().all() for value in weights(state).values())


@pytest.mark.parametrize("name", ["shoes-small", "faces-small"])
@pytest.mark.parametrize("reconstruction", ["adversarial", "marginal", "euclidean", "l1", "none"])
def test_every_translation_trains(name: str, reconstruction: str) -> None:
    state, reports = trained(recipe_of(name, f"reconstruction={reconstruction}"), 2)
    told = losses(reports)
    assert np.isfinite(told["regularisation generator"]).all()
    adversarial = reconstruction in ("adversarial", "marginal")
    assert np.isfinite(told["reconstruction generator"]).all() == adversarial
    assert all(value.isfinite().all() for value in weights(state).values())


def test_a_gan_plays_one_game() -> None:
    _, reports = trained(recipe_of("mog-gan"), 6)
    finite = {name for name, values in losses(reports).items() if np.isfinite(values).all()}
    assert finite == {
        "regularisation discriminator",
        "regularisation generator",
        "regularisation R1",
    }


def test_a_penalty_may_be_paid_every_few_steps() -> None:
    _, reports = trained(recipe_of("mog-iae", "r1_every=4"), 9)
    paid = np.isfinite(losses(reports)["reconstruction R1"])
    assert paid.nonzero()[0].tolist() == [0, 4, 8]


def test_training_learns() -> None:
    switches = ["reconstruction=euclidean", "regularisation=none"]
    recipe = recipe_of("drawn-10", *switches, "generator_rate=0.005", "batch=16")
    error = losses(trained(recipe, 60)[1])["Euclidean or cross-entropy error"]
    assert error[-10:].mean() < 0.7 * error[:5].mean()


# ---- the EMA weights ----


def maps(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Weights and statistics of encoder and decoder, without the counters."""
    kept = model.state_dict()
    return {
        k: v.clone() for k, v in kept.items() if "discriminators" not in k and v.is_floating_point()
    }


def averaged_by_hand(recipe: Recipe, steps: int) -> dict[str, torch.Tensor]:
    state, batches = start(recipe, CPU), batches_of(recipe)
    mean = maps(state.model)
    for number in range(steps):
        step(state, batches.batch(recipe.optim.batch, 0, state.rng))
        decay = min(recipe.optim.ema, (1 + number) / (10 + number))
        mean = {k: decay * v + (1 - decay) * maps(state.model)[k] for k, v in mean.items()}
    return mean


def test_the_average_follows_weights_and_batch_norm_statistics() -> None:
    recipe = recipe_of("drawn-10", "ema=0.4")
    state, _ = trained(recipe, 8)
    averaged, wanted = maps(state.ema), averaged_by_hand(recipe, 8)
    assert any("running_mean" in key for key in averaged)
    torch.testing.assert_close(averaged, wanted, atol=1e-5, rtol=1e-4)
    assert not same(averaged, maps(state.model))


def test_without_averaging_the_average_is_the_model() -> None:
    state, _ = trained(recipe_of("drawn-10", "ema=0"), 4)
    assert same(maps(state.ema), maps(state.model))
    assert not state.ema.training
    assert not any(p.requires_grad for p in state.ema.parameters())


@pytest.mark.parametrize("precision", ["full", "bf16"])
def test_backward_passes_run_outside_autocast(precision: str) -> None:
    """Forward ones run in it where half precision is asked for."""
    recipe = recipe_of("drawn-10", f"precision={precision}", "warm=0")
    state, seen = start(recipe, CPU), []
    networks = [*state.model.generators().values(), *state.model.discriminators.values()]
    forward = []
    for network in networks:
        network.register_forward_hook(lambda *_: forward.append(torch.is_autocast_enabled("cpu")))
        for weight in network.parameters():
            weight.register_hook(lambda grad: seen.append(torch.is_autocast_enabled("cpu")))
    step(state, batches_of(recipe).batch(recipe.optim.batch, 0, state.rng))
    assert len(seen) >= 4 and not any(seen)
    assert set(forward) == {precision == "bf16"}
