"""Who pays in the games: which network learns from which loss."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.tiny import CPU, recipe_of, source_of
from trainer.games import Game, autoencoding
from trainer.models import Model, build_model
from trainer.training import start, step

IMAGES = ("drawn-10", "joint_batch=true", "critic_norm=true", "encoder_noise=2")
POINTS = ("mog-iae",)


def played(*recipe: str) -> tuple[Model, dict[str, Game]]:
    """A model and the games of its first batch, by name."""
    model = build_model(recipe_of(*recipe)).train()
    rng = torch.Generator().manual_seed(1)
    batch = source_of(model.recipe).sample(model.recipe.batch, rng)
    games, _, _ = model.play(batch, rng)
    return model, {game.name: game for game in games}


def paid(module: nn.Module) -> bool:
    """Whether a backward pass reached it."""
    return any(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())


@pytest.mark.parametrize("recipe", [IMAGES, POINTS])
@pytest.mark.parametrize("name", ["reconstruction", "regularisation"])
def test_the_critic_pays_alone_for_its_loss(recipe: tuple[str, ...], name: str) -> None:
    model, games = played(*recipe)
    games[name].critic_loss().backward()
    assert paid(model.critics[name])
    others = [critic for key, critic in model.critics.items() if key != name]
    assert not any(paid(module) for module in (model.encoder, model.decoder, *others))


@pytest.mark.parametrize("recipe", [IMAGES, POINTS])
def test_reconstruction_teaches_encoder_and_decoder(recipe: tuple[str, ...]) -> None:
    model, games = played(*recipe)
    games["reconstruction"].player_loss().backward()
    assert paid(model.encoder) and paid(model.decoder)


@pytest.mark.parametrize("recipe", [IMAGES, POINTS])
def test_regularisation_teaches_the_encoder_only(recipe: tuple[str, ...]) -> None:
    model, games = played(*recipe)
    games["regularisation"].player_loss().backward()
    assert paid(model.encoder) and not paid(model.decoder)


def test_a_gan_teaches_its_decoder_only() -> None:
    model, games = played("mog-gan")
    assert list(games) == ["regularisation"] and list(model.players()) == ["decoder"]
    games["regularisation"].player_loss().backward()
    assert paid(model.decoder) and not paid(model.encoder)


def test_a_step_leaves_a_gans_encoder_as_it_was() -> None:
    recipe = recipe_of("mog-gan")
    state = start(recipe, CPU)
    before = [p.clone() for p in state.model.encoder.parameters()]
    step(state, source_of(recipe).sample(recipe.batch, state.rng))
    assert all(map(torch.equal, before, state.model.encoder.parameters()))


class PairLine(nn.Module):
    """A critic of pairs whose answer is a weighted sum, so that its gradients are known."""

    def __init__(self, x: list[float], z: list[float]) -> None:
        super().__init__()
        self.x = nn.Parameter(torch.tensor(x))
        self.z = nn.Parameter(torch.tensor(z))

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        return x @ self.x + z @ self.z


def test_the_positive_pair_is_a_fixed_target() -> None:
    """Only the fake pair moves the code; were the positive one to, its share would be missing."""
    source, code = torch.randn(6, 2), torch.randn(6, 3, requires_grad=True)
    returned = torch.randn(6, 2, requires_grad=True)
    critic = PairLine([1.0, -2.0], [0.5, 1.5, -1.0])
    for joint in (False, True):
        game = Game("pair", critic, (source, code), (returned, code), joint_batch=joint)
        to_x, to_z = torch.autograd.grad(game.player_loss(), (returned, code))
        logits = critic(returned, code).detach()
        slope = -torch.sigmoid(-logits)[:, None] / 6
        torch.testing.assert_close(to_x, slope * critic.x.detach())
        torch.testing.assert_close(to_z, slope * critic.z.detach())


def test_not_even_batch_norm_lets_the_positive_pair_be_moved() -> None:
    """In a joint batch the real pairs shift the statistics, by which the fake ones are judged."""
    _, games = played(*IMAGES)
    game = games["reconstruction"]
    assert any(isinstance(part, nn.BatchNorm2d) for part in game.critic.modules())
    game.real = tuple(t.detach().clone().requires_grad_() for t in game.real)
    game.fake = tuple(t.detach().clone().requires_grad_() for t in game.fake)
    game.player_loss().backward()
    assert all(t.grad is None for t in game.real)
    assert all(t.grad is not None and t.grad.abs().sum() > 0 for t in game.fake)


def test_losses_are_the_original_gans() -> None:
    critic = PairLine([1.0], [1.0])
    real, fake = (torch.full((4, 1), 2.0),) * 2, (torch.full((4, 1), -1.0),) * 2
    game = Game("pair", critic, real, fake, weight=3.0)
    wanted = -functional.logsigmoid(torch.tensor(4.0)) - functional.logsigmoid(torch.tensor(2.0))
    assert game.critic_loss().item() == pytest.approx(wanted.item())
    player = -3 * functional.logsigmoid(torch.tensor(-2.0))
    assert game.player_loss().item() == pytest.approx(player.item())


def test_r1_of_a_linear_critic_is_its_slope() -> None:
    critic = PairLine([3.0, 4.0], [7.0])
    sides = (torch.randn(5, 2), torch.randn(5, 1)), (torch.randn(5, 2), torch.randn(5, 1))
    plain, game = Game("pair", critic, *sides), Game("pair", critic, *sides, r1=0.2)
    loss = game.critic_loss()
    assert game.extras["pair R1"].item() == pytest.approx(25)  # of what is judged, not of the code
    assert (loss - plain.critic_loss()).item() == pytest.approx(0.5 * 0.2 * 25, rel=1e-5)
    # The penalty itself makes the slope fall: its gradient is r1 times the weights.
    (pull,) = torch.autograd.grad(loss - plain.critic_loss(), critic.x)
    torch.testing.assert_close(pull, 0.2 * critic.x.detach())


def test_mismatched_negatives_teach_the_critic_to_read_the_code() -> None:
    """The fake equals the real pair, so that only other images' codes can tell them apart."""
    x = torch.eye(4)
    critic = nn.Bilinear(4, 4, 1, bias=False)
    nn.init.zeros_(critic.weight)

    class Judge(nn.Module):
        def forward(self, x: Tensor, z: Tensor) -> Tensor:
            return critic(x, z).squeeze(1)

    game = Game("pair", Judge(), (x, x), (x, x), mismatched=0.5, joint_batch=False)
    plain = Game("pair", Judge(), (x, x), (x, x), joint_batch=False)
    extra = 0.5 * functional.softplus(torch.tensor(0.0))
    assert (game.critic_loss() - plain.critic_loss()).item() == pytest.approx(extra.item())
    (pull,) = torch.autograd.grad(game.critic_loss(), critic.weight)
    assert (pull[0].diagonal() == 0).all()  # the image's own code: real against fake, even
    assert pull[0].sum() > 0  # another image's code: the answer has to fall


@pytest.mark.parametrize(("norm", "equal"), [("true", False), ("false", True)])
def test_a_joint_batch_matters_to_batch_norm_alone(norm: str, equal: bool) -> None:
    _, games = played("drawn-10", f"critic_norm={norm}", "conditioning=location")
    game = games["reconstruction"]
    separate = replace(game, joint_batch=False)
    for loss in ("critic_loss", "player_loss"):
        one, two = getattr(game, loss)().item(), getattr(separate, loss)().item()
        assert (one == pytest.approx(two, abs=1e-5)) is equal


def test_instance_noise_blurs_what_is_judged_only() -> None:
    critic = PairLine([1.0], [1.0])
    seen: list[tuple[Tensor, Tensor]] = []
    critic.register_forward_pre_hook(lambda module, inputs: seen.append(inputs))
    rng = torch.Generator().manual_seed(0)
    zeros = torch.zeros(4000, 1)
    game = Game("pair", critic, (zeros, zeros), (zeros, zeros), instance_noise=0.3, rng=rng)
    game.critic_loss()
    game.player_loss()
    assert all(x.std().item() == pytest.approx(0.3, rel=0.05) for x, _ in seen)
    assert all((z == 0).all() for _, z in seen)


def test_a_missing_critic_is_a_missing_game() -> None:
    x, z, critic = torch.randn(4, 2), torch.randn(4, 3), nn.ModuleDict()
    games, imagined, returned = autoencoding(x, z, lambda x: x + 1, lambda z: z * 2, critic)
    assert games == []
    assert torch.equal(imagined, x + 1) and torch.equal(returned, 2 * (x + 1))
    assert autoencoding(x, z, lambda x: x, None, critic)[2] is None
