"""CycleGAN's generator with conditional batch norm (Appendix B.2)."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from tests.steps import (
    layers_of,
    linear,
)
from tests.tiny import (
    recipe_of,
)
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.networks.resnet import ConditionalNorm, ResNet
from trainer.networks.small_resnet import SmallGenerator
from trainer.recipe.catalogue import find_recipe
from trainer.training.state import parameters


def conv(into: int, out: int, kernel: int = 4) -> int:
    return kernel * kernel * into * out + out


def norm(channels: int) -> int:
    return 2 * channels


CONVS = 3 + 6 * 2 + 2  # each followed by a norm; the last one, c7s1-3, by a tanh


@pytest.fixture(scope="module")
def shoes() -> Model:
    return build_model(find_recipe("shoes"))


def test_both_maps_are_cyclegans_generator(shoes: Model) -> None:
    """c7s1-64, d128, d256, six R256, u128, u64, c7s1-3."""
    x, n = torch.rand(1, 3, 32, 32), torch.randn(1, 100)
    wanted = [("conv", 7, 1, 64), ("conv", 3, 2, 128), ("conv", 3, 2, 256)]
    wanted += [("conv", 3, 1, 256)] * 12
    wanted += [("up", 3, 2, 128), ("up", 3, 2, 64), ("conv", 7, 1, 3)]
    assert layers_of(shoes.decoder, x, n) == wanted
    assert layers_of(shoes.encoder, x, n[:, :0]) == wanted
    with torch.inference_mode():
        assert shoes.decode(x, n).shape == x.shape == shoes.encode(x, n[:, :0]).shape


def test_the_generator_counted_by_hand(shoes: Model) -> None:
    convs = conv(3, 64, 7) + conv(64, 128, 3) + conv(128, 256, 3) + 12 * conv(256, 256, 3)
    convs += conv(256, 128, 3) + conv(128, 64, 3) + conv(64, 3, 7)
    channels = 64 + 128 + 256 + 12 * 256 + 128 + 64
    assert parameters(shoes.encoder) == convs + 2 * channels  # deterministic: plain batch norm
    assert parameters(shoes.decoder) == convs + linear(100, 1) * 2 * channels


def norms(network: nn.Module) -> list[ConditionalNorm]:
    return [layer for layer in network.modules() if isinstance(layer, ConditionalNorm)]


GENERATORS = {
    "resnet": ("shoes", ResNet, CONVS),
    "small-resnet": ("shoes-small", SmallGenerator, 1 + 2 + 2 * 2 + 2),
}


@pytest.mark.parametrize("family", GENERATORS)
def test_the_noise_enters_through_every_norm_layer(family: str) -> None:
    name, kind, count = GENERATORS[family]
    model = build_model(recipe_of(name) if family == "small-resnet" else find_recipe(name))
    decoder = model.decoder.eval()
    assert isinstance(decoder, kind) and len(norms(decoder)) == count
    assert not [m for m in decoder.modules() if isinstance(m, nn.BatchNorm2d) and m.affine]
    heard: list[Tensor] = []
    for layer in norms(decoder):
        layer.register_forward_hook(lambda module, inputs, output: heard.append(inputs[1]))
    x, n = torch.rand(1, 3, 24, 24), torch.randn(1, model.noise.size)
    with torch.inference_mode():
        model.decode(x, n)
        assert len(heard) == count and all(torch.equal(noise, n) for noise in heard)
        # Each of them makes a difference of its own to the picture.
        weights = [layer.affine.weight.detach().clone() for layer in norms(decoder)]
        for layer in norms(decoder):
            layer.affine.weight.zero_()
        assert torch.equal(model.decode(x, n), model.decode(x, -n))
        for layer, weight in zip(norms(decoder), weights, strict=True):
            layer.affine.weight.copy_(weight)
            assert not torch.equal(model.decode(x, n), model.decode(x, -n))
            layer.affine.weight.zero_()


def test_a_map_without_noise_has_plain_batch_norm(shoes: Model) -> None:
    assert len(norms(shoes.encoder)) == CONVS
    assert all(layer.affine is None and layer.norm.affine for layer in norms(shoes.encoder))


def test_gamma_and_beta_are_linear_in_the_noise() -> None:
    layer = ConditionalNorm(4, 3).eval()
    x, n = torch.randn(2, 4, 5, 5), torch.randn(2, 3)
    still, once, twice = (layer(x, scale * n) for scale in (0.0, 1.0, 2.0))
    torch.testing.assert_close(twice - still, 2 * (once - still), atol=1e-5, rtol=1e-4)
    slope = (once - still)[:, :, 1, 1] - (once - still)[:, :, 0, 0]
    assert (slope.abs() > 0).all()  # gamma: more of what is there, not of everything alike
    flat = layer(torch.zeros(2, 4, 5, 5), n)
    assert (flat == flat[:, :, :1, :1]).all() and (flat[:, :, 0, 0].abs() > 0).any()  # beta


def test_each_image_of_a_batch_hears_its_own_noise() -> None:
    model = build_model(recipe_of("shoes-small")).eval()
    x = torch.rand(1, 3, 24, 24).expand(2, -1, -1, -1)
    drawn = model.decode(x, torch.randn(2, 6))
    assert not torch.equal(drawn[0], drawn[1])
