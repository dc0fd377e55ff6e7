"""Small fully connected networks for points in the plane (Figure 5)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainer.networks.critics import VectorCritic
from trainer.networks.parts import Networks, WithNoise, mlp
from trainer.recipes import Recipe


class PointPairCritic(nn.Module):
    """Logits [N] of pairs of a point and a code, concatenated."""

    def __init__(self, code: int, width: int) -> None:
        super().__init__()
        self.body = mlp([2 + code, width, width, 1], slope=0.2)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        logits: Tensor = self.body(torch.cat([x, z], 1)).squeeze(1)
        return logits


def toy_networks(recipe: Recipe) -> Networks:
    """Two hidden layers of `recipe.width` units everywhere; no batch norm."""
    width = recipe.width
    encoder = mlp([2 + recipe.encoder_noise, width, width, recipe.code])
    head = nn.Softmax(1) if recipe.code_kind == "categorical" else nn.Identity()
    return Networks(
        encoder=WithNoise(nn.Sequential(encoder, head)),
        decoder=WithNoise(mlp([recipe.code + recipe.noise, width, width, 2]), recipe.noise_scale),
        pair_critic=PointPairCritic(recipe.code, width),
        code_critic=VectorCritic(recipe.code, width, slope=0.2),
        data_critic=VectorCritic(2, width, slope=0.2),
    )
