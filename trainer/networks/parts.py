"""What every family of networks shares."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn


@dataclass
class Networks:
    """Encoder f(x, eps), decoder g(z, n), and the two discriminators that a recipe may need."""

    encoder: nn.Module
    decoder: nn.Module
    pair_critic: nn.Module
    code_critic: nn.Module
    data_critic: nn.Module | None = None


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


def code_layer(features: int, code: int, kind: str) -> nn.Module:
    """The encoder's last layer: linear and batch norm, or a softmax for a categorical code."""
    if kind == "categorical":
        return nn.Sequential(nn.Linear(features, code), nn.Softmax(1))
    return nn.Sequential(nn.Linear(features, code), nn.BatchNorm1d(code))


def norm2d(channels: int, wanted: bool) -> nn.Module:
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
