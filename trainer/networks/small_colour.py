"""Small networks for pictures in colour: encoder and discriminators work at full resolution too."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from trainer.networks.discriminators import ConvDiscriminator, VectorDiscriminator
from trainer.networks.layers import Networks, WithNoise, code_layer, halvings
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import MODELS

HIDDEN = 256


def _channels(recipe: Recipe) -> list[int]:
    """Of the decoder's and the discriminator's levels, the finest first."""
    return [
        recipe.model.width * min(2**level, 4) for level in range(halvings(recipe.data.size) + 1)
    ]


class PoolingEncoder(nn.Module):
    """Convolutions at full resolution, each with maximum pooling, and a fully connected layer.

    Slower than strided ones, but of photos it learns more from a few labels.
    """

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before, after, kernel, side = recipe.channels, recipe.model.width, 5, recipe.data.size
        while side > 4:
            layers += [nn.Conv2d(before, after, kernel, 1, kernel // 2), nn.BatchNorm2d(after)]
            layers += [nn.LeakyReLU(0.2), nn.MaxPool2d(2, ceil_mode=True)]
            before, after = after, min(2 * after, 4 * recipe.model.width)
            kernel, side = 3, -(-side // 2)
        self.body = nn.Sequential(*layers, nn.Flatten())
        features = before * side * side + recipe.model.encoder_noise
        self.hidden = WithNoise(nn.Linear(features, HIDDEN))
        self.code = nn.Sequential(
            nn.BatchNorm1d(HIDDEN), nn.LeakyReLU(0.2), code_layer(HIDDEN, recipe)
        )

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        code: Tensor = self.code(self.hidden(self.body(x), noise))
        return code


def _decoder(recipe: Recipe) -> nn.Module:
    """Up by resizing and convolving: transposed convolutions leave a checkerboard."""
    channels = _channels(recipe)[::-1]
    side = recipe.data.size >> (len(channels) - 1)
    wide = channels[0] * side * side
    layers: list[nn.Module] = [
        nn.Linear(recipe.model.code + recipe.model.noise, HIDDEN),
        nn.BatchNorm1d(HIDDEN),
        nn.ReLU(),
        nn.Linear(HIDDEN, wide),
        nn.BatchNorm1d(wide),
        nn.ReLU(),
        nn.Unflatten(1, (channels[0], side, side)),
    ]
    for before, after in pairwise(channels):
        layers += [nn.Conv2d(before, after, 3, 1, 1), nn.BatchNorm2d(after), nn.ReLU()]
        layers.append(nn.Upsample(scale_factor=2.0, mode=recipe.model.upsampling))
    layers += [nn.Conv2d(channels[-1], recipe.channels, 3, 1, 1), nn.Sigmoid()]
    return WithNoise(nn.Sequential(*layers), recipe.model.noise_scale)


class TwoHeadDiscriminator(nn.Module):
    """Logits [N, 2 pixels] of images, or of pairs (x, z): of neighbouring pixels, of the whole.

    The strided convolutions of the whole do not see that an even background is speckled. R1 is of
    a row's mean logit, so for each head a quarter of what it would be alone.
    """

    def __init__(self, recipe: Recipe, paired: bool) -> None:
        super().__init__()
        w = recipe.model.width
        self.blind = recipe.data.size**2  # so many logits of a row, the first, judge x alone
        self.pixels = nn.Sequential(
            nn.Conv2d(recipe.channels, w, 3, 1, 1), nn.LeakyReLU(0.2), nn.Conv2d(w, 1, 3, 1, 1)
        )
        self.whole = ConvDiscriminator(
            recipe, _channels(recipe), hidden=HIDDEN, slope=0.2, paired=paired
        )

    def forward(self, x: Tensor, z: Tensor | None = None) -> Tensor:
        pixels = self.pixels(2 * x - 1).flatten(1)
        whole: Tensor = self.whole(x, z)
        # The heads count alike, however many places each has.
        return torch.cat([pixels, whole[:, None].expand_as(pixels)], 1)


def small_colour_networks(recipe: Recipe) -> Networks:
    """About 1.4 million parameters of encoder and decoder at a width of 16 and 32x32 pixels."""

    def pair_discriminator() -> nn.Module:
        if (
            MODELS[recipe.model.kind].source == "code"
        ):  # x is on both sides: no pixel tells them apart
            return ConvDiscriminator(recipe, _channels(recipe), hidden=HIDDEN, slope=0.2)
        return TwoHeadDiscriminator(recipe, True)

    return Networks(
        encoder=lambda: PoolingEncoder(recipe),
        decoder=lambda: _decoder(recipe),
        pair_discriminator=pair_discriminator,
        code_discriminator=lambda: VectorDiscriminator(recipe.model.code, HIDDEN, slope=0.2),
        data_discriminator=lambda: TwoHeadDiscriminator(recipe, False),
        channels_last=True,
    )
