"""Every model with every kind of code: what goes in and out, and who pays for what."""

from __future__ import annotations

import pytest
import torch

from tests.tiny import KINDS, batch_of, batches_of, kind_of, paid, played, rng_of, trained
from trainer.messages import LOSSES
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.objectives.penalties import euclidean_error, l1_error

# Which of the generators learn from a game or a penalty; the two columns are the games.
PAYERS = {
    "iae": ({"encoder", "decoder"}, {"encoder"}),
    "cycleiae": ({"encoder", "decoder"}, {"encoder"}),
    "fiae": ({"encoder", "decoder"}, {"decoder"}),
    "gan": (set(), {"decoder"}),
}
PENALISED = {
    "Euclidean error": {"encoder", "decoder"},
    "L1 error": {"encoder", "decoder"},
    "likelihood error": {"encoder", "decoder"},  # InfoGAN's generator is to be understood
    "divergence": {"encoder"},
    "label error": {"encoder"},
    "inconsistency": {"encoder"},
    "imbalance": {"encoder"},
    "diversity penalty": {"encoder"},
}
GAMES = ("reconstruction", "regularisation")


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


# ---- which games are played ----


@pytest.mark.parametrize("kind", KINDS)
def test_the_games_are_those_the_recipe_names(kind: str) -> None:
    recipe = kind_of(kind)
    model, round_ = played(recipe)
    wanted = []
    if recipe.objective.reconstruction.kind in ("adversarial", "marginal"):
        wanted.append("reconstruction")
    if recipe.objective.regularisation.kind == "adversarial":
        wanted.append("regularisation")
    assert [game.name for game in round_.games] == wanted == list(model.discriminators)
    ends = ("code", "data") if recipe.model.kind in ("fiae", "gan") else ("data", "code")
    for game in round_.games:
        assert game.judges == ends[GAMES.index(game.name)]
        assert game.discriminator is model.discriminators[game.name]


@pytest.mark.parametrize("kind", KINDS)
def test_games_are_about_the_right_things(kind: str) -> None:
    """IAE and CycleIAE judge data by codes; an FIAE, with its ends exchanged, codes by data."""
    recipe = kind_of(kind)
    model, rng = build_model(recipe).train(), rng_of()
    batch = batch_of(recipe, rng)
    games = {game.name: game for game in model.play(batch, rng).games}
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


def test_the_prior_of_a_step_is_fresh_and_of_the_right_kind() -> None:
    for kind, categorical in (("iae", False), ("iae, categories", True)):
        recipe = kind_of(kind)
        model, rng = build_model(recipe).train(), rng_of()
        batch = batches_of(recipe).batch(recipe.optim.batch, 0, rng)
        first, second = (model.play(batch, rng).games[-1].real[0] for _ in range(2))
        assert not torch.equal(first, second)
        one_hot = ((first == 0) | (first == 1)).all() and (first.sum(1) == 1).all()
        assert bool(one_hot) is categorical


# ---- who pays ----


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", GAMES)
def test_a_game_teaches_the_generators_the_paper_names(kind: str, name: str) -> None:
    recipe = kind_of(kind)
    model, round_ = played(recipe)
    model.discriminators.requires_grad_(False)
    for game in round_.games:
        if game.name == name:
            game.generator_loss().backward()
            assert payers(model) == PAYERS[recipe.model.kind][GAMES.index(name)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", GAMES)
def test_the_discriminator_pays_alone_for_its_loss(kind: str, name: str) -> None:
    model, round_ = played(kind_of(kind))
    for game in round_.games:
        if game.name == name:
            game.r1 = 0.5  # its slope too is the discriminator's alone
            game.discriminator_loss().backward()
            assert payers(model) == {name}


@pytest.mark.parametrize("kind", KINDS)
def test_the_positive_side_gives_no_gradient(kind: str) -> None:
    _, round_ = played(kind_of(kind))
    for game in round_.games:
        game.real = tuple(t.detach().clone().requires_grad_() for t in game.real)
        game.fake = tuple(t.detach().clone().requires_grad_() for t in game.fake)
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
    _, round_ = played(kind_of(kind))
    game = round_.games[0]
    assert game.name == "reconstruction"
    discriminator = game.discriminator.eval()
    returned, imagined = game.fake
    same_answer = torch.equal(
        discriminator(returned, imagined), discriminator(returned, imagined.roll(1, 0))
    )
    assert same_answer is blind
    other = returned.roll(1, 0)
    assert not torch.equal(discriminator(returned, imagined), discriminator(other, imagined))


@pytest.mark.parametrize("kind", KINDS)
def test_penalties_teach_the_generators_they_are_meant_for(kind: str) -> None:
    quiet = ["noise_scale=0.1"]  # draws that differ enough cost nothing
    model, round_ = played(kind_of(kind).with_settings(quiet))
    for penalty in round_.penalties:
        model.zero_grad()
        penalty.value.backward(retain_graph=True)
        assert payers(model) == PENALISED[penalty.name], penalty.name
        assert penalty.name in LOSSES and penalty.value.shape == ()


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("iae", set()),
        ("aae", {"Euclidean error"}),
        ("vae", {"Euclidean error", "divergence"}),
        ("cycleiae, l1", {"L1 error"}),
        ("cycleiae, encoder noise", {"diversity penalty"}),
        ("cycleiae, marginal", set()),
        ("infogan", {"likelihood error"}),
        ("fiae, euclidean", {"Euclidean error"}),
        ("iae, categories", {"inconsistency", "imbalance"}),
        ("iae, labels", {"label error", "inconsistency", "imbalance"}),
        ("fiae, categories", {"inconsistency", "imbalance"}),
        ("gan", set()),
    ],
)
def test_penalties_are_those_the_recipe_names(kind: str, names: set[str]) -> None:
    _, round_ = played(kind_of(kind))
    assert {penalty.name for penalty in round_.penalties} == names


@pytest.mark.parametrize("kind", ["aae", "cycleiae, l1"])
def test_a_distance_is_that_of_the_data_and_what_came_back(kind: str) -> None:
    recipe = kind_of(kind)
    _, round_ = played(recipe)
    assert round_.autoencoded is not None
    source, returned = round_.autoencoded()
    distance = l1_error if recipe.objective.reconstruction.kind == "l1" else euclidean_error
    (penalty,) = round_.penalties
    assert penalty.value.item() == pytest.approx(distance(returned, source).item())
    assert penalty.weight == recipe.objective.reconstruction.weight
    assert source.shape == returned.shape == (recipe.optim.batch, *source.shape[1:])


def test_all_but_a_gan_can_be_trained_as_a_plain_autoencoder_of_the_data() -> None:
    for kind in ("iae", "cycleiae, decoder noise", "fiae", "fiae, categories"):
        recipe = kind_of(kind)
        model, rng = build_model(recipe).train(), rng_of()
        batch = batches_of(recipe).batch(recipe.optim.batch, 0, rng)
        autoencoded = model.play(batch, rng).autoencoded
        assert autoencoded is not None
        source, returned = autoencoded()
        assert torch.equal(source, batch.data)
        model.zero_grad()
        euclidean_error(returned, source).backward()
        assert payers(model) == {"encoder", "decoder"}, kind
    assert played(kind_of("gan"))[1].autoencoded is None
