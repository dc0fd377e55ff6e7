"""The training loop: one generator for every model, whose course follows from the seed."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch

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
)
from trainer.data.batches import Batch
from trainer.messages import LOSSES, Progress, UserError
from trainer.models.base import Round
from trainer.objectives.adversarial import Game
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.training import loop as training
from trainer.training.device import choose_device
from trainer.training.loop import run, start, step
from trainer.training.schedule import Schedule
from trainer.training.step import next_batch


def losses(reports: list[Progress]) -> dict[str, np.ndarray]:
    """All rows of the reports, by name."""
    table = np.concatenate([report.losses for report in reports])
    return {name: table[:, column] for column, name in enumerate(LOSSES)}


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
        snapshot_of(kind_of(kind).with_settings(["r1=0.1", "instance_noise=0.3"]), 2)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "settings",
    [("mog-iae",), ("mog-gan",), ("drawn-10", "warm=1"), ("drawn-10", "warm=0", "euclidean=0")],
)
def test_divergence_is_told(settings: tuple[str, ...]) -> None:
    recipe = recipe_of(*settings, "generator_rate=1e37", "discriminator_rate=1e37")
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
            column = {"euclidean": "Euclidean error", "l1": "L1 error"}[distance]
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
    error = losses(trained(recipe, 60)[1])["Euclidean error"]
    assert error[-10:].mean() < 0.7 * error[:5].mean()


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
    play = state.model.play

    def watched(batch: Batch, rng: torch.Generator) -> Round:
        kept.append(play(batch, rng))
        return kept[-1]

    state.model.play = watched  # type: ignore[method-assign]
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


# ---- schedules ----


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
    assert np.isfinite(told["Euclidean error"][:10]).all()
    assert np.isnan(told["Euclidean error"][10:]).all()


@pytest.mark.parametrize("kind", ["iae, categories", "iae, labels", "fiae, categories"])
def test_a_warm_start_of_categories_is_the_encoders_alone(kind: str) -> None:
    """No game, no matter what the decoder paints; it paints what each category holds."""
    recipe = kind_of(kind).with_settings(["warm=0.25", "noise=6"])
    told = losses(trained(recipe, 20)[1])
    for name in LOSSES[:4]:
        assert np.isnan(told[name][:5]).all() and np.isfinite(told[name][5:]).all()
    for name in ("Euclidean error", "inconsistency", "imbalance"):
        assert np.isfinite(told[name][:5]).all()
    (one, _), (two, _) = (
        trained(recipe.with_settings([f"noise_scale={scale}"]), 5) for scale in (0, 1)
    )
    assert same(one.model.encoder.state_dict(), two.model.encoder.state_dict())
    assert not same(one.model.decoder.state_dict(), two.model.decoder.state_dict())
    begun = start(recipe, CPU).model
    batch = batches_of(recipe).batch(12, 0, one.rng)
    painted = begun.train().sort(batch, one.rng).autoencoded
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


# ---- the averaged weights ----


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


def test_devices_are_chosen_or_refused() -> None:
    assert choose_device("cpu") == CPU
    assert choose_device("auto").type in ("cpu", "cuda")
    with pytest.raises(UserError, match="auto, cpu or cuda, not 'tpu'"):
        choose_device("tpu")
    if not torch.cuda.is_available():
        with pytest.raises(UserError, match="no CUDA device"):
            choose_device("cuda")
