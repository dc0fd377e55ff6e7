"""Every model with every kind of code: what goes in and out, and who pays for what."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from tests.tiny import CPU, KINDS, feed_of, kind_of, paid, recipe_of, same, trained
from trainer.feed import Batch
from trainer.messages import LOSSES
from trainer.models import Model, Round, build_model
from trainer.penalties import euclidean_error, l1_error
from trainer.recipes import Recipe
from trainer.training import TrainState, start, step

# Which of the players learn from a game or a penalty; the two columns are the games.
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
    "sameness": {"encoder"},
}
GAMES = ("reconstruction", "regularisation")


def rng_of(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def played(recipe: Recipe) -> tuple[Model, Round]:
    """A model and what its first batch is to be trained on."""
    model, rng = build_model(recipe).train(), rng_of()
    return model, model.play(feed_of(recipe).batch(recipe.batch, 0, rng), rng)


def payers(model: Model) -> set[str]:
    """The names of the networks that a backward pass reached."""
    networks = {"encoder": model.encoder, "decoder": model.decoder, **model.critics}
    return {name for name, network in networks.items() if paid(network)}


# ---- what goes in and out ----


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_and_ranges(kind: str) -> None:
    recipe = kind_of(kind)
    model, rng = build_model(recipe).train(), rng_of()
    x = feed_of(recipe).batch(8, 0, rng).data
    code = model.encode(x, model.eps.sample(8, rng))
    returned = model.decode(code, model.noise.sample(8, rng))
    assert returned.shape == x.shape and returned.dtype == x.dtype == torch.float32
    if not recipe.two_dimensional:
        assert returned.min() >= 0 and returned.max() <= 1
    if recipe.translates:
        assert code.shape == x.shape and code.min() >= 0 and code.max() <= 1
        return
    assert code.shape == (8, recipe.code) == model.prior.sample(8, rng).shape
    if recipe.categorical:
        assert (code >= 0).all()
        torch.testing.assert_close(code.sum(1), torch.ones(8))


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_is_the_same_alone_and_in_a_batch(kind: str) -> None:
    recipe = kind_of(kind)
    state, _ = trained(recipe, 3)
    model, rng = state.ema, rng_of()
    x = feed_of(recipe).batch(6, 0, rng).data
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
    x = feed_of(recipe).batch(4, 0, rng).data
    codes = [model.encode(x, model.eps.sample(4, rng)) for _ in range(2)]
    stochastic = recipe.encoder_noise > 0 or recipe.posterior == "gaussian"
    assert torch.equal(*codes) is not stochastic
    drawn = [model.decode(codes[0], model.noise.sample(4, rng)) for _ in range(2)]
    assert torch.equal(*drawn) is (recipe.noise == 0)


# ---- which games are played ----


@pytest.mark.parametrize("kind", KINDS)
def test_the_games_are_those_the_recipe_names(kind: str) -> None:
    recipe = kind_of(kind)
    model, round_ = played(recipe)
    wanted = []
    if recipe.reconstruction in ("adversarial", "marginal"):
        wanted.append("reconstruction")
    if recipe.regularisation == "adversarial":
        wanted.append("regularisation")
    assert [game.name for game in round_.games] == wanted == list(model.critics)
    ends = ("code", "data") if recipe.model in ("fiae", "gan") else ("data", "code")
    for game in round_.games:
        assert game.judges == ends[GAMES.index(game.name)]
        assert game.critic is model.critics[game.name]


@pytest.mark.parametrize("kind", KINDS)
def test_games_are_about_the_right_things(kind: str) -> None:
    """IAE and CycleIAE judge data by codes; an FIAE, with its ends exchanged, codes by data."""
    recipe = kind_of(kind)
    model, rng = build_model(recipe).train(), rng_of()
    batch = feed_of(recipe).batch(recipe.batch, 0, rng)
    games = {game.name: game for game in model.play(batch, rng).games}
    flipped = recipe.model in ("fiae", "gan")
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
        batch = feed_of(recipe).batch(recipe.batch, 0, rng)
        first, second = (model.play(batch, rng).games[-1].real[0] for _ in range(2))
        assert not torch.equal(first, second)
        one_hot = ((first == 0) | (first == 1)).all() and (first.sum(1) == 1).all()
        assert bool(one_hot) is categorical


# ---- who pays ----


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", GAMES)
def test_a_game_teaches_the_players_the_paper_names(kind: str, name: str) -> None:
    recipe = kind_of(kind)
    model, round_ = played(recipe)
    model.critics.requires_grad_(False)
    for game in round_.games:
        if game.name == name:
            game.player_loss().backward()
            assert payers(model) == PAYERS[recipe.model][GAMES.index(name)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", GAMES)
def test_the_critic_pays_alone_for_its_loss(kind: str, name: str) -> None:
    model, round_ = played(kind_of(kind))
    for game in round_.games:
        if game.name == name:
            game.r1 = 0.5  # its slope too is the critic's alone
            game.critic_loss().backward()
            assert payers(model) == {name}


@pytest.mark.parametrize("kind", KINDS)
def test_the_positive_side_gives_no_gradient(kind: str) -> None:
    _, round_ = played(kind_of(kind))
    for game in round_.games:
        game.real = tuple(t.detach().clone().requires_grad_() for t in game.real)
        game.fake = tuple(t.detach().clone().requires_grad_() for t in game.fake)
        game.player_loss().backward()
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
def test_a_marginal_critic_sees_what_came_back_and_not_what_of(kind: str, blind: bool) -> None:
    _, round_ = played(kind_of(kind))
    game = round_.games[0]
    assert game.name == "reconstruction"
    critic = game.critic.eval()
    returned, imagined = game.fake
    same_answer = torch.equal(critic(returned, imagined), critic(returned, imagined.roll(1, 0)))
    assert same_answer is blind
    other = returned.roll(1, 0)
    assert not torch.equal(critic(returned, imagined), critic(other, imagined))


@pytest.mark.parametrize("kind", KINDS)
def test_penalties_teach_the_players_they_are_meant_for(kind: str) -> None:
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
        ("cycleiae, encoder noise", {"sameness"}),
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
    distance = l1_error if recipe.reconstruction == "l1" else euclidean_error
    (penalty,) = round_.penalties
    assert penalty.value.item() == pytest.approx(distance(returned, source).item())
    assert penalty.weight == recipe.distance_weight
    assert source.shape == returned.shape == (recipe.batch, *source.shape[1:])


def test_all_but_a_gan_can_be_trained_as_a_plain_autoencoder_of_the_data() -> None:
    for kind in ("iae", "cycleiae, decoder noise", "fiae", "fiae, categories"):
        recipe = kind_of(kind)
        model, rng = build_model(recipe).train(), rng_of()
        batch = feed_of(recipe).batch(recipe.batch, 0, rng)
        autoencoded = model.play(batch, rng).autoencoded
        assert autoencoded is not None
        source, returned = autoencoded()
        assert torch.equal(source, batch.data)
        model.zero_grad()
        euclidean_error(returned, source).backward()
        assert payers(model) == {"encoder", "decoder"}, kind
    assert played(kind_of("gan"))[1].autoencoded is None


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


# ---- the batch ----


def test_labels_reach_the_encoder_with_their_images() -> None:
    """The cross-entropy is that of the labelled images, not of those without labels."""
    recipe = kind_of("iae, labels").with_settings(["consistency=0", "balance=0", "augment=0"])
    model, rng = build_model(recipe).train(), rng_of()
    batch = feed_of(recipe).batch(recipe.batch, 0, rng)
    assert batch.labelled is not None and batch.labels is not None
    guess = model.encode(batch.labelled, model.eps.sample(len(batch.labelled), rng))
    wanted = nn.functional.nll_loss(guess.log(), batch.labels).item()
    (penalty,) = model.play(batch, rng).penalties
    assert penalty.value.item() == pytest.approx(wanted, rel=1e-4)
    shuffled = Batch(batch.data, None, batch.labelled, (batch.labels + 1) % 10)
    (other,) = model.play(shuffled, rng).penalties
    assert other.value.item() != pytest.approx(wanted, rel=1e-4)


def test_the_weights_of_penalties_are_the_recipes() -> None:
    recipe = kind_of("iae, labels").with_settings(["label_weight=3", "consistency=4", "balance=5"])
    _, round_ = played(recipe)
    weights = {penalty.name: penalty.weight for penalty in round_.penalties}
    assert weights == {"label error": 3, "inconsistency": 4, "imbalance": 5}


def test_a_variational_autoencoder_weighs_a_nat_of_code_and_of_pixels_alike() -> None:
    """The Euclidean error is ten times the cross-entropy of a pixel, of which there are 784."""
    _, round_ = played(kind_of("vae"))
    weights = {penalty.name: penalty.weight for penalty in round_.penalties}
    assert weights["divergence"] == pytest.approx(weights["Euclidean error"] * 10 / 784)


# ---- the additions, each where it belongs ----


def seen_by_the_encoder(model: Model, batch: Batch) -> tuple[list[torch.Tensor], Round]:
    """What the encoder was asked about in one round."""
    seen: list[torch.Tensor] = []
    hook = model.encoder.register_forward_hook(lambda module, inputs, out: seen.append(inputs[0]))
    round_ = model.play(batch, rng_of())
    hook.remove()
    return seen, round_


@pytest.mark.parametrize("augment", [0.0, 1.0])
def test_second_views_and_labelled_images_are_augmented_and_the_data_are_not(
    augment: float,
) -> None:
    recipe = kind_of("iae, labels").with_settings([f"augment={augment}"])
    model, batch = build_model(recipe).train(), feed_of(recipe).batch(recipe.batch, 0, rng_of(2))
    assert batch.labelled is not None
    (data, labelled, views), _ = seen_by_the_encoder(model, batch)
    assert torch.equal(data, batch.data)
    assert torch.equal(labelled, batch.labelled) is (augment == 0)
    assert torch.equal(views, batch.data) is (augment == 0)
    assert (views - batch.data).abs().mean() < 0.2  # the same pictures, moved a little


def test_input_noise_blurs_what_a_flipped_encoder_reads_of_the_generators() -> None:
    for amount in (0.0, 0.3):
        recipe = kind_of("infogan").with_settings([f"input_noise={amount}", "batch=1000"])
        model, batch = build_model(recipe).train(), feed_of(recipe).batch(1000, 0, rng_of(2))
        seen, round_ = seen_by_the_encoder(model, batch)
        added = seen[0] - round_.games[0].fake[0]
        assert added.std().item() == pytest.approx(amount, rel=0.1)


@pytest.mark.parametrize(
    ("kind", "blurs"),
    [("iae", True), ("iae, categories", False), ("cycleiae, decoder noise", False)],
)
def test_a_blurred_code_goes_to_decoder_and_critics_alike(kind: str, blurs: bool) -> None:
    recipe = kind_of(kind).with_settings(["code_blur=0.5", "batch=64"])
    model, batch = build_model(recipe).train(), feed_of(recipe).batch(64, 0, rng_of(2))
    decoded: list[torch.Tensor] = []
    model.decoder.register_forward_hook(lambda module, inputs, out: decoded.append(inputs[0]))
    games = model.play(batch, rng_of()).games
    plain = model.encode(batch.data, model.eps.sample(64, rng_of()))
    for code in (decoded[0], games[0].fake[1], games[0].real[1], games[1].fake[0]):
        assert (code - plain).std().item() == pytest.approx(0.5 if blurs else 0, rel=0.15, abs=1e-5)
        assert torch.equal(code, decoded[0])
