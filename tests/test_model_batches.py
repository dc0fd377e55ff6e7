"""What a model makes of its batch: labels, second views, and additions where they belong."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from tests.steps import (
    losses_of,
    played,
)
from tests.tiny import (
    CPU,
    batches_of,
    kind_of,
    rng_of,
    where_it_matters,
)
from trainer.data.batches import Batch
from trainer.messages import LOSSES
from trainer.models.base import Model, StepLosses
from trainer.models.building import build_model
from trainer.objectives.penalties import guess_error
from trainer.training.loop import start, step


def test_labels_reach_the_encoder_with_their_images() -> None:
    """The cross-entropy is that of the labelled images, not of those without labels."""
    recipe = kind_of("iae, labels").with_settings(["consistency=0", "balance=0", "augment=0"])
    model, rng = build_model(recipe).train(), rng_of()
    batch = batches_of(recipe).batch(recipe.optim.batch, 0, rng)
    assert batch.labelled is not None and batch.labels is not None
    guess = model.encode(batch.labelled, model.eps.sample(len(batch.labelled), rng))
    wanted = nn.functional.nll_loss(guess.log(), batch.labels).item()
    (penalty,) = losses_of(model, batch, rng).penalties
    assert penalty.value.item() == pytest.approx(wanted, rel=1e-4)
    shuffled = Batch(batch.data, None, batch.labelled, (batch.labels + 1) % 10)
    (other,) = losses_of(model, shuffled, rng).penalties
    assert other.value.item() != pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("warm", [0, 1])
@pytest.mark.parametrize("kind", ["iae, guesses", "fiae, guesses"])
def test_second_views_learn_what_the_averaged_encoder_guesses(kind: str, warm: int) -> None:
    """As it is in use, not while it learns: batch norm by its running statistics."""
    settings = ["confidence=0.1", "augment=0", "recolour=0", "encoder_noise=0", f"warm={warm}"]
    recipe = kind_of(kind).with_settings(settings)
    state, batches = start(recipe, CPU), batches_of(recipe)
    state.ema = start(recipe.with_settings(["seed=5"]), CPU).ema  # not the one that learns
    batch = batches.batch(8, 0, state.rng)
    none = batch.data.new_empty(8, 0)
    with torch.inference_mode():
        guesses = copy.deepcopy(state.ema).eval().encode(batch.data, none)
        views = copy.deepcopy(state.model).train().encode(batch.data, none)
        others = copy.deepcopy(state.ema).train().encode(batch.data, none)
    wanted = guess_error(guesses, views, 0.1).item()
    assert wanted > 0 and guess_error(others, views, 0.1).item() != pytest.approx(wanted)
    found = step(state, batch)[LOSSES.index("inconsistency")].item()
    assert found == pytest.approx(wanted, rel=1e-4)


def test_the_weights_of_penalties_are_the_recipes() -> None:
    recipe = kind_of("iae, labels").with_settings(["label_weight=3", "consistency=4", "balance=5"])
    _, found = played(recipe)
    weights = {penalty.name: penalty.weight for penalty in found.penalties}
    assert weights == {"label error": 3, "inconsistency": 4, "imbalance": 5}


def test_a_variational_autoencoder_weighs_a_nat_of_code_and_of_pixels_alike() -> None:
    """The Euclidean error is ten times the cross-entropy of a pixel, of which there are 784."""
    _, found = played(kind_of("vae"))
    weights = {penalty.name: penalty.weight for penalty in found.penalties}
    assert weights["divergence"] == pytest.approx(
        weights["Euclidean or cross-entropy error"] * 10 / 784
    )


# ---- the additions, each where it belongs ----


def seen_by_the_encoder(model: Model, batch: Batch) -> tuple[list[torch.Tensor], StepLosses]:
    """What the encoder was asked about in one round."""
    seen: list[torch.Tensor] = []
    hook = model.encoder.register_forward_hook(lambda module, inputs, out: seen.append(inputs[0]))
    found = losses_of(model, batch, rng_of())
    hook.remove()
    return seen, found


@pytest.mark.parametrize("augment", [0.0, 1.0])
def test_second_views_and_labelled_images_are_augmented_and_the_data_are_not(
    augment: float,
) -> None:
    recipe = kind_of("iae, labels").with_settings([f"augment={augment}"])
    model, batch = (
        build_model(recipe).train(),
        batches_of(recipe).batch(recipe.optim.batch, 0, rng_of(2)),
    )
    assert batch.labelled is not None
    (data, labelled, views), _ = seen_by_the_encoder(model, batch)
    assert torch.equal(data, batch.data)
    assert torch.equal(labelled, batch.labelled) is (augment == 0)
    assert torch.equal(views, batch.data) is (augment == 0)
    assert (views - batch.data).abs().mean() < 0.2  # the same pictures, moved a little


def test_input_noise_blurs_what_a_flipped_encoder_reads_of_the_generators() -> None:
    for amount in (0.0, 0.3):
        recipe = kind_of("infogan").with_settings([f"input_noise={amount}", "batch=1000"])
        model, batch = build_model(recipe).train(), batches_of(recipe).batch(1000, 0, rng_of(2))
        seen, found = seen_by_the_encoder(model, batch)
        added = seen[0] - found.games[0].fake[0]
        assert added.std().item() == pytest.approx(amount, rel=0.1)


@pytest.mark.parametrize(
    ("kind", "blurs"),
    [("iae", True), ("iae, categories", False), ("cycleiae, decoder noise", False)],
)
def test_a_blurred_code_goes_to_decoder_and_discriminators_alike(kind: str, blurs: bool) -> None:
    recipe = where_it_matters(kind_of(kind), "code_blur=0.5", "batch=64")
    model, batch = build_model(recipe).train(), batches_of(recipe).batch(64, 0, rng_of(2))
    decoded: list[torch.Tensor] = []
    model.decoder.register_forward_hook(lambda module, inputs, out: decoded.append(inputs[0]))
    games = losses_of(model, batch, rng_of()).games
    plain = model.encode(batch.data, model.eps.sample(64, rng_of()))
    for code in (decoded[0], games[0].fake[1], games[0].real[1], games[1].fake[0]):
        assert (code - plain).std().item() == pytest.approx(0.5 if blurs else 0, rel=0.15, abs=1e-5)
        assert torch.equal(code, decoded[0])
