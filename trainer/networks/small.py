"""Networks of any size that learn on two CPU cores: Table 1's shape, a tenth of its width."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from trainer.networks.discriminators import ConvDiscriminator, VectorDiscriminator
from trainer.networks.layers import Networks, WithNoise, code_layer, halvings
from trainer.recipe.recipe import Recipe

HIDDEN = 256


class ConvEncoder(nn.Module):
    """Strided convolutions and a fully connected layer; noise joins the latter."""

    def __init__(self, recipe: Recipe, channels: list[int], side: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(recipe.channels, channels[0], 4, 2, 1),
            nn.LeakyReLU(0.2),
        ]
        for before, after in pairwise(channels):
            layers.append(nn.Conv2d(before, after, 4, 2, 1))
            layers += [nn.BatchNorm2d(after), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*layers, nn.Flatten())
        features = channels[-1] * side * side + recipe.model.encoder_noise
        self.hidden = WithNoise(nn.Linear(features, HIDDEN))
        self.code = nn.Sequential(nn.LeakyReLU(0.2), code_layer(HIDDEN, recipe))

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        code: Tensor = self.code(self.hidden(self.body(x), noise))
        return code


def _decoder(recipe: Recipe, channels: list[int], side: int) -> nn.Module:
    wide = channels[-1] * side * side
    layers: list[nn.Module] = [
        nn.Linear(recipe.model.code + recipe.model.noise, HIDDEN),
        nn.ReLU(),
        nn.BatchNorm1d(HIDDEN),
        nn.Linear(HIDDEN, wide),
        nn.ReLU(),
        nn.BatchNorm1d(wide),
        nn.Unflatten(1, (channels[-1], side, side)),
    ]
    for before, after in pairwise(reversed(channels)):
        layers.append(nn.ConvTranspose2d(before, after, 4, 2, 1))
        layers += [nn.ReLU(), nn.BatchNorm2d(after)]
    layers += [nn.ConvTranspose2d(channels[0], recipe.channels, 4, 2, 1), nn.Sigmoid()]
    return WithNoise(nn.Sequential(*layers), recipe.model.noise_scale)


def small_networks(recipe: Recipe) -> Networks:
    """About 1 million parameters at a width of 24 and 28x28 pixels."""
    levels = halvings(recipe.data.size)
    side = recipe.data.size >> levels
    channels = [recipe.model.width * min(2**level, 4) for level in range(levels)]
    return Networks(
        encoder=lambda: ConvEncoder(recipe, channels, side),
        decoder=lambda: _decoder(recipe, channels, side),
        pair_discriminator=lambda: ConvDiscriminator(recipe, channels, hidden=HIDDEN, slope=0.2),
        code_discriminator=lambda: VectorDiscriminator(recipe.model.code, HIDDEN, slope=0.2),
        data_discriminator=lambda: ConvDiscriminator(
            recipe, channels, hidden=HIDDEN, slope=0.2, paired=False
        ),
    )
