"""The paper's SVHN and CelebA networks (Tables 2 and 3), for colour images in [0, 1]."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from trainer.networks.discriminators import ConvDiscriminator, VectorDiscriminator
from trainer.networks.layers import Networks, Shifted, Tanh01, WithNoise, code_layer
from trainer.recipe.recipe import Recipe


class ConvEncoder(nn.Module):
    """Strided convolutions with ReLU and batch norm; the noise joins at the last layer."""

    def __init__(self, recipe: Recipe, channels: list[int], kernel: int, side: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [Shifted()]
        for before, after in pairwise([recipe.channels, *channels]):
            layers.append(nn.Conv2d(before, after, kernel, 2, kernel // 2 - 1))
            layers += [nn.ReLU(), nn.BatchNorm2d(after)]
        self.body = nn.Sequential(*layers, nn.Flatten())
        features = channels[-1] * side * side + recipe.model.encoder_noise
        self.code = WithNoise(code_layer(features, recipe))

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        code: Tensor = self.code(self.body(x), noise)
        return code


def _conv_decoder(recipe: Recipe, channels: list[int], kernel: int, side: int) -> nn.Module:
    first = channels[-1]
    layers: list[nn.Module] = [
        nn.Linear(recipe.model.code + recipe.model.noise, first * side * side),
        nn.ReLU(),
        nn.BatchNorm1d(first * side * side),
        nn.Unflatten(1, (first, side, side)),
    ]
    for before, after in pairwise(reversed(channels)):
        layers.append(nn.ConvTranspose2d(before, after, kernel, 2, kernel // 2 - 1))
        layers += [nn.ReLU(), nn.BatchNorm2d(after)]
    layers.append(nn.ConvTranspose2d(channels[0], recipe.channels, kernel, 2, kernel // 2 - 1))
    return WithNoise(nn.Sequential(*layers, Tanh01()), recipe.model.noise_scale)


def _networks(recipe: Recipe, channels: list[int], kernel: int) -> Networks:
    side = recipe.data.size // 8
    return Networks(
        encoder=lambda: ConvEncoder(recipe, channels, kernel, side),
        decoder=lambda: _conv_decoder(recipe, channels, kernel, side),
        pair_discriminator=lambda: ConvDiscriminator(recipe, channels, kernel, shift=True),
        code_discriminator=lambda: VectorDiscriminator(recipe.model.code, 2000),
        data_discriminator=lambda: ConvDiscriminator(
            recipe, channels, kernel, paired=False, shift=True
        ),
    )


def svhn_networks(recipe: Recipe) -> Networks:
    """Table 2: 4x4 convolutions of 64, 128 and 256 channels at 32x32x3."""
    return _networks(recipe, [64, 128, 256], kernel=4)


def celeba_networks(recipe: Recipe) -> Networks:
    """Table 3: 6x6 convolutions of 128, 256 and 512 channels at 48x48x3."""
    return _networks(recipe, [128, 256, 512], kernel=6)
