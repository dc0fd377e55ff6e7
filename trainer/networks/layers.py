"""What every family of networks shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from trainer.recipe.recipe import Recipe

Maker = Callable[[], nn.Module]


@dataclass(frozen=True)
class Networks:
    """Makes encoder f(x, eps), decoder g(z, n), and the discriminators that a model may need."""

    encoder: Maker
    decoder: Maker
    pair_discriminator: Maker  # of (x, z)
    code_discriminator: Maker
    data_discriminator: Maker
    channels_last: bool = False  # in memory: faster for convolutions at full resolution


def halvings(size: int) -> int:
    """How often a side is halved, twice at least, until it is 8 px or less, or odd."""
    count = 2
    while size >> count > 8 and (size >> count) % 2 == 0:
        count += 1
    return count


def mlp(sizes: list[int], slope: float = 0.0, norm: bool = False) -> nn.Sequential:
    """Fully connected layers with (leaky) ReLU between them, the last one linear."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes[:-1]):
        layers.append(nn.Linear(before, after))
        layers.append(nn.LeakyReLU(slope) if slope else nn.ReLU())
        if norm:
            layers.append(nn.BatchNorm1d(after))
    layers.append(nn.Linear(sizes[-2], sizes[-1]))
    return nn.Sequential(*layers)


def code_layer(features: int, recipe: Recipe, norm: bool = True) -> nn.Module:
    """The encoder's last layer: linear and batch norm, or a softmax for a categorical code.

    For a Gaussian posterior a mean and a log std, [N, 2 code].
    """
    if recipe.categorical:
        return nn.Sequential(nn.Linear(features, recipe.model.code), nn.Softmax(1))
    if recipe.model.posterior == "gaussian":
        return nn.Linear(features, 2 * recipe.model.code)
    layer = nn.Linear(features, recipe.model.code)
    return nn.Sequential(layer, nn.BatchNorm1d(recipe.model.code)) if norm else layer


def norm2d(channels: int, wanted: bool) -> nn.Module:
    """Batch norm, or nothing."""
    return nn.BatchNorm2d(channels) if wanted else nn.Identity()


class WithNoise(nn.Module):
    """A network of the concatenation of its input, flattened if need be, and a noise vector."""

    def __init__(self, body: nn.Module, noise_scale: float = 1.0) -> None:
        super().__init__()
        self.body = body
        self.noise_scale = noise_scale

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        if noise.shape[1]:
            x = torch.cat([x.flatten(1), self.noise_scale * noise], 1)
        y: Tensor = self.body(x)
        return y


class Shifted(nn.Module):
    """Pixels in [0, 1] outside are in [-1, 1] inside, as tanh networks want them."""

    def forward(self, x: Tensor) -> Tensor:
        return 2 * x - 1


class Tanh01(nn.Module):
    """A tanh whose range [-1, 1] is handed out as [0, 1]."""

    def forward(self, x: Tensor) -> Tensor:
        return (1 + x.tanh()) / 2
