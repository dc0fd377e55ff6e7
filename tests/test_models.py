"""Every model with every kind of code: what goes in and out, and who pays for what."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from tests.steps import (
    leaves,
    losses_of,
    paid,
    played,
)
from tests.tiny import (
    KINDS,
    batches_of,
    kind_of,
    rng_of,
    trained,
    where_it_matters,
)
from trainer.messages import LOSSES
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.objectives.penalties import l1_error, reconstruction_error

# Which of the generators learn from a game or a penalty; the two columns are the games.
PAYERS = {
    "iae": ({"encoder", "decoder"}, {"encoder"}),
    "cycleiae": ({"encoder", "decoder"}, {"encoder"}),
    "fiae": ({"encoder", "decoder"}, {"decoder"}),
    "gan": (set(), {"decoder"}),
}
PENALISED = {
    "Euclidean or cross-entropy error": {"encoder", "decoder"},
    "L1 error": {"encoder", "decoder"},
    "likelihood error": {"encoder", "decoder"},  # InfoGAN's generator is to be understood
    "divergence": {"encoder"},
    "label error": {"encoder"},
    "inconsistency": {"encoder"},
    "imbalance": {"encoder"},
    "diversity penalty": {"encoder"},
    "first-moment penalty": {"encoder", "decoder"},
}
GAMES = ("reconstruction", "regularisation")
# Each kind with each of its games; those without are named, lest a lost game is a passed test.
WITHOUT = {
    "reconstruction": ("aae", "vae", "cycleiae, l1", "fiae, euclidean", "infogan", "gan"),
    "regularisation": ("vae",),
}
PAYING = (
    *("iae, categories", "iae, categories, encoder noise", "iae, labels", "iae, guesses"),
    *("aae", "vae", "cycleiae, encoder noise", "cycleiae, l1", "iae, first moment"),
    *("fiae, categories", "fiae, guesses", "fiae, euclidean", "infogan"),
)  # those with a penalty beside the games, or in their place
PLAYED = [(kind, name) for name in GAMES for kind in KINDS if kind not in WITHOUT[name]]


def payers(model: Model) -> set[str]:
    """The names of the networks that a backward pass reached."""
    networks = {"encoder": model.encoder, "decoder": model.decoder, **model.discriminators}
    return {name for name, network in networks.items() if paid(network)}


# ---- what goes in and out ----


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_and_ranges(kind: str) -> None:
    recipe = kind_of(kind)
    model, rng = build_model(recipe).train(), rng_of()
    x = batches_of(recipe).batch(8, 0, rng).data
    code = model.encode(x, model.eps.sample(8, rng))
    returned = model.decode(code, model.noise.sample(8, rng))
    assert returned.shape == x.shape and returned.dtype == x.dtype == torch.float32
    if not recipe.two_dimensional:
        assert returned.min() >= 0 and returned.max() <= 1
    if recipe.translates:
        assert code.shape == x.shape and code.min() >= 0 and code.max() <= 1
        return
    assert code.shape == (8, recipe.model.code) == model.prior.sample(8, rng).shape
    if recipe.categorical:
        assert (code >= 0).all()
        torch.testing.assert_close(code.sum(1), torch.ones(8))


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_is_the_same_alone_and_in_a_batch(kind: str) -> None:
    recipe = kind_of(kind)
    state, _ = trained(recipe, 3)
    model, rng = state.ema, rng_of()
    x = batches_of(recipe).batch(6, 0, rng).data
    eps, n = model.eps.sample(6, rng), model.noise.sample(6, rng)
    together = model.encode(x, eps)
    drawn = model.decode(together, n)
    for row in (0, 5):
        alone = model.encode(x[[row]], eps[[row]])
        torch.testing.assert_close(alone, together[[row]], atol=1e-5, rtol=1e-4)
        back = model.decode(alone, n[[row]])
        torch.testing.assert_close(back, drawn[[row]], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_heard_where_there_is_some_and_nowhere_else(kind: str) -> None:
    recipe = kind_of(kind)
    model, rng = build_model(recipe).eval(), rng_of()
    x = batches_of(recipe).batch(4, 0, rng).data
    codes = [model.encode(x, model.eps.sample(4, rng)) for _ in range(2)]
    stochastic = recipe.model.encoder_noise > 0 or recipe.model.posterior == "gaussian"
    assert torch.equal(*codes) is not stochastic
    drawn = [model.decode(codes[0], model.noise.sample(4, rng)) for _ in range(2)]
    assert torch.equal(*drawn) is (recipe.model.noise == 0)


# ---- who pays ----


@pytest.mark.parametrize(("kind", "name"), PLAYED)
def test_a_game_teaches_the_generators_the_paper_names(kind: str, name: str) -> None:
    recipe = kind_of(kind)
    model, found = played(recipe)
    model.discriminators.requires_grad_(False)
    assert name in [game.name for game in found.games]
    for game in found.games:
        if game.name == name:
            game.generator_loss().backward()
            assert payers(model) == PAYERS[recipe.model.kind][GAMES.index(name)]


@pytest.mark.parametrize(("kind", "name"), PLAYED)
def test_the_discriminator_pays_alone_for_its_loss(kind: str, name: str) -> None:
    model, found = played(kind_of(kind))
    assert name in [game.name for game in found.games]
    for game in found.games:
        if game.name == name:
            # Its slope too is the discriminator's alone.
            replace(game, r1=0.5).discriminator_loss().backward()
            assert payers(model) == {name}


@pytest.mark.parametrize("kind", KINDS)
def test_the_positive_side_gives_no_gradient(kind: str) -> None:
    _, found = played(kind_of(kind))
    assert found.games or kind == "vae", "a variational autoencoder plays no game"
    for game in map(leaves, found.games):
        game.generator_loss().backward()
        assert all(t.grad is None for t in game.real)
        assert game.fake[0].grad is not None and game.fake[0].grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("kind", "blind"),
    [
        ("iae", False),
        ("iae, marginal", True),
        ("cycleiae, decoder noise", False),
        ("cycleiae, marginal", True),
        ("fiae", False),
        ("fiae, marginal", True),
    ],
)
def test_a_marginal_discriminator_sees_what_came_back_and_not_what_of(
    kind: str, blind: bool
) -> None:
    _, found = played(kind_of(kind))
    game = found.games[0]
    assert game.name == "reconstruction"
    discriminator = game.discriminator.eval()
    returned, imagined = game.fake
    same_answer = torch.equal(
        discriminator(returned, imagined), discriminator(returned, imagined.roll(1, 0))
    )
    assert same_answer is blind
    other = returned.roll(1, 0)
    assert not torch.equal(discriminator(returned, imagined), discriminator(other, imagined))


@pytest.mark.parametrize("kind", PAYING)
def test_penalties_teach_the_generators_they_are_meant_for(kind: str) -> None:
    # Draws that differ enough cost nothing.
    model, found = played(where_it_matters(kind_of(kind), "noise_scale=0.1"))
    assert found.penalties
    for penalty in found.penalties:
        model.zero_grad()
        penalty.value.backward(retain_graph=True)
        assert payers(model) == PENALISED[penalty.name], penalty.name
        assert penalty.name in LOSSES and penalty.value.shape == ()


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("iae", set()),
        ("aae", {"Euclidean or cross-entropy error"}),
        ("vae", {"Euclidean or cross-entropy error", "divergence"}),
        ("cycleiae, l1", {"L1 error"}),
        ("cycleiae, encoder noise", {"diversity penalty"}),
        ("cycleiae, marginal", set()),
        ("iae, first moment", {"first-moment penalty"}),
        ("infogan", {"likelihood error"}),
        ("fiae, euclidean", {"Euclidean or cross-entropy error"}),
        ("iae, categories", {"inconsistency", "imbalance"}),
        ("iae, labels", {"label error", "inconsistency", "imbalance"}),
        ("fiae, categories", {"inconsistency", "imbalance"}),
        ("gan", set()),
    ],
)
def test_penalties_are_those_the_recipe_names(kind: str, names: set[str]) -> None:
    _, found = played(kind_of(kind))
    assert {penalty.name for penalty in found.penalties} == names


@pytest.mark.parametrize("kind", ["aae", "cycleiae, l1"])
def test_a_distance_is_that_of_the_data_and_what_came_back(kind: str) -> None:
    recipe = kind_of(kind)
    _, found = played(recipe)
    assert found.autoencoded is not None
    source, returned = found.autoencoded()
    distance = l1_error if recipe.objective.reconstruction.kind == "l1" else reconstruction_error
    (penalty,) = found.penalties
    assert penalty.value.item() == pytest.approx(distance(returned, source).item())
    assert penalty.weight == recipe.objective.reconstruction.weight
    assert source.shape == returned.shape == (recipe.optim.batch, *source.shape[1:])


def test_all_but_a_gan_can_be_trained_as_a_plain_autoencoder_of_the_data() -> None:
    for kind in ("iae", "cycleiae, decoder noise", "fiae", "fiae, categories"):
        recipe = kind_of(kind)
        model, rng = build_model(recipe).train(), rng_of()
        batch = batches_of(recipe).batch(recipe.optim.batch, 0, rng)
        autoencoded = losses_of(model, batch, rng).autoencoded
        assert autoencoded is not None
        source, returned = autoencoded()
        assert torch.equal(source, batch.data)
        model.zero_grad()
        reconstruction_error(returned, source).backward()
        assert payers(model) == {"encoder", "decoder"}, kind
    assert played(kind_of("gan"))[1].autoencoded is None
