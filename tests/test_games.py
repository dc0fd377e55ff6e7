"""One adversarial game: its losses, and what reaches whom through them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.tiny import batches_of, recipe_of
from trainer.models.building import build_model
from trainer.objectives.adversarial import Game, autoencoding

IMAGES = ("drawn-10", "joint_batch=true", "discriminator_norm=true", "encoder_noise=2")


def played(*recipe: str) -> dict[str, Game]:
    """The games of a model's first batch, by name."""
    model = build_model(recipe_of(*recipe)).train()
    rng = torch.Generator().manual_seed(1)
    batch = batches_of(model.recipe).batch(model.recipe.optim.batch, 0, rng)
    return {game.name: game for game in model.play(batch, rng).games}


class PairLine(nn.Module):
    """A discriminator of pairs whose answer is a weighted sum, so that its gradients are known."""

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
    discriminator = PairLine([1.0, -2.0], [0.5, 1.5, -1.0])
    for joint in (False, True):
        game = Game(
            "pair", discriminator, "data", (source, code), (returned, code), joint_batch=joint
        )
        to_x, to_z = torch.autograd.grad(game.generator_loss(), (returned, code))
        logits = discriminator(returned, code).detach()
        slope = -torch.sigmoid(-logits)[:, None] / 6
        torch.testing.assert_close(to_x, slope * discriminator.x.detach())
        torch.testing.assert_close(to_z, slope * discriminator.z.detach())


def test_not_even_batch_norm_lets_the_positive_pair_be_moved() -> None:
    """In a joint batch the real pairs shift the statistics, by which the fake ones are judged."""
    game = played(*IMAGES)["reconstruction"]
    assert any(isinstance(part, nn.BatchNorm2d) for part in game.discriminator.modules())
    game.real = tuple(t.detach().clone().requires_grad_() for t in game.real)
    game.fake = tuple(t.detach().clone().requires_grad_() for t in game.fake)
    game.generator_loss().backward()
    assert all(t.grad is None for t in game.real)
    assert all(t.grad is not None and t.grad.abs().sum() > 0 for t in game.fake)


def test_losses_are_the_original_gans() -> None:
    discriminator = PairLine([1.0], [1.0])
    real, fake = (torch.full((4, 1), 2.0),) * 2, (torch.full((4, 1), -1.0),) * 2
    game = Game("pair", discriminator, "data", real, fake, weight=3.0)
    wanted = -functional.logsigmoid(torch.tensor(4.0)) - functional.logsigmoid(torch.tensor(2.0))
    assert game.discriminator_loss().item() == pytest.approx(wanted.item())
    generator = -3 * functional.logsigmoid(torch.tensor(-2.0))
    assert game.generator_loss().item() == pytest.approx(generator.item())


def test_r1_of_a_linear_discriminator_is_its_slope() -> None:
    discriminator = PairLine([3.0, 4.0], [7.0])
    sides = (torch.randn(5, 2), torch.randn(5, 1)), (torch.randn(5, 2), torch.randn(5, 1))
    plain, game = (
        Game("pair", discriminator, "data", *sides),
        Game("pair", discriminator, "data", *sides, r1=0.2),
    )
    loss = game.discriminator_loss()
    assert game.extras["pair R1"].item() == pytest.approx(25)  # of what is judged, not of the code
    assert (loss - plain.discriminator_loss()).item() == pytest.approx(0.5 * 0.2 * 25, rel=1e-5)
    # The penalty itself makes the slope fall: its gradient is r1 times the weights.
    (pull,) = torch.autograd.grad(loss - plain.discriminator_loss(), discriminator.x)
    torch.testing.assert_close(pull, 0.2 * discriminator.x.detach())


def test_a_discriminator_of_many_places_counts_each_image_once() -> None:
    """Its loss is the mean over the places, and its slope that of an image's mean logit."""
    x = torch.randn(3, 4)

    class Places(nn.Module):
        def __init__(self, of: int) -> None:
            super().__init__()
            self.of = of

        def forward(self, x: Tensor) -> Tensor:
            logit = x @ torch.tensor([1.0, 2.0, 2.0, 0.0])
            return logit[:, None].expand(-1, self.of) if self.of else logit

    one, many = (Game("pair", Places(of), "data", (x,), (-x,), r1=0.2) for of in (0, 9))
    assert many.discriminator_loss().item() == pytest.approx(one.discriminator_loss().item())
    assert many.extras["pair R1"].item() == pytest.approx(9)
    assert many.generator_loss().item() == pytest.approx(one.generator_loss().item())


def test_mismatched_negatives_teach_the_discriminator_to_read_the_code() -> None:
    """The fake equals the real pair, so that only other images' codes can tell them apart."""
    x = torch.eye(4)
    discriminator = nn.Bilinear(4, 4, 1, bias=False)
    nn.init.zeros_(discriminator.weight)

    class Reader(nn.Module):
        def forward(self, x: Tensor, z: Tensor) -> Tensor:
            return discriminator(x, z).squeeze(1)

    game = Game("pair", Reader(), "data", (x, x), (x, x), mismatched=0.5, joint_batch=False)
    plain = Game("pair", Reader(), "data", (x, x), (x, x), joint_batch=False)
    extra = 0.5 * functional.softplus(torch.tensor(0.0))
    assert (game.discriminator_loss() - plain.discriminator_loss()).item() == pytest.approx(
        extra.item()
    )
    (pull,) = torch.autograd.grad(game.discriminator_loss(), discriminator.weight)
    assert (pull[0].diagonal() == 0).all()  # the image's own code: real against fake, even
    assert pull[0].sum() > 0  # another image's code: the answer has to fall


@pytest.mark.parametrize(("norm", "equal"), [("true", False), ("false", True)])
def test_a_joint_batch_matters_to_batch_norm_alone(norm: str, equal: bool) -> None:
    game = played("drawn-10", f"discriminator_norm={norm}", "conditioning=location")[
        "reconstruction"
    ]
    separate = replace(game, joint_batch=False)
    for loss in ("discriminator_loss", "generator_loss"):
        one, two = getattr(game, loss)().item(), getattr(separate, loss)().item()
        assert (one == pytest.approx(two, abs=1e-5)) is equal


def test_instance_noise_blurs_what_is_judged_only() -> None:
    discriminator = PairLine([1.0], [1.0])
    seen: list[tuple[Tensor, Tensor]] = []
    discriminator.register_forward_pre_hook(lambda module, inputs: seen.append(inputs))
    rng = torch.Generator().manual_seed(0)
    zeros = torch.zeros(4000, 1)
    pair = (zeros, zeros)
    game = Game("pair", discriminator, "data", pair, pair, instance_noise=0.3, rng=rng)
    game.discriminator_loss()
    game.generator_loss()
    assert all(x.std().item() == pytest.approx(0.3, rel=0.05) for x, _ in seen)
    assert all((z == 0).all() for _, z in seen)


def test_a_missing_discriminator_is_a_missing_game() -> None:
    x, z, discriminator = torch.randn(4, 2), torch.randn(4, 3), nn.ModuleDict()
    games, imagined, returned = autoencoding(x, z, lambda x: x + 1, lambda z: z * 2, discriminator)
    assert games == []
    assert torch.equal(imagined, x + 1) and torch.equal(returned, 2 * (x + 1))
    assert autoencoding(x, z, lambda x: x, None, discriminator)[2] is None


def test_the_ends_of_an_autoencoder_name_what_is_judged() -> None:
    x, z = torch.randn(4, 2), torch.randn(4, 2)
    discriminators = nn.ModuleDict(
        {"reconstruction": nn.Identity(), "regularisation": nn.Identity()}
    )
    for ends in (("data", "code"), ("code", "data")):
        games, _, _ = autoencoding(x, z, lambda x: x + 1, lambda z: z * 2, discriminators, ends)
        assert tuple(game.judges for game in games) == ends
        pair, target = games
        assert torch.equal(pair.real[0], x) and torch.equal(pair.fake[0], 2 * (x + 1))
        assert torch.equal(pair.real[1], x + 1) and torch.equal(pair.fake[1], x + 1)
        assert torch.equal(target.real[0], z) and torch.equal(target.fake[0], x + 1)
    # Without a way back there is no pair to tell apart.
    games, _, returned = autoencoding(x, z, lambda x: x, None, discriminators)
    assert [game.name for game in games] == ["regularisation"] and returned is None


def test_what_judges_an_image_alone_learns_nothing_from_its_mismatched_codes() -> None:
    """A true image is true beside any code; half of the logits read it, and count as half."""
    game = played("svhn-75-small", "mismatched=0")["reconstruction"]
    discriminator, r1 = game.discriminator, game.r1
    assert discriminator.blind == 32 * 32 and not r1
    plain = game.discriminator_loss()
    game.mismatched = 2.0
    more = game.discriminator_loss() - plain
    (x, z), blind = game.real, discriminator.blind
    whole = discriminator(x, z.roll(1, 0))[:, blind:].mean(1)
    torch.testing.assert_close(more, 2 * functional.softplus(whole).mean() / 2)
    more.backward()
    assert all(p.grad is None or not p.grad.any() for p in discriminator.pixels.parameters())
    assert all(p.grad is not None and p.grad.any() for p in discriminator.whole.parameters())
