"""Discriminators on pairs of image and code, and on single vectors."""

from __future__ import annotations

from torch import Tensor, nn

from trainer.networks.conditioning import Head, conditioning
from trainer.networks.parts import mlp, norm2d
from trainer.recipes import Recipe


class PairCritic(nn.Module):
    """Table 1's discriminator of the reconstruction GAN: logits [N] of pairs (x, z).

    Two 4x4 convolutions of stride 2, the code added to the first one's output, then a
    fully connected layer and the logit.
    """

    def __init__(self, recipe: Recipe, channels: int, hidden: int, slope: float) -> None:
        super().__init__()
        norm = recipe.critic_norm
        self.first = nn.Conv2d(1, channels, 4, 2, 1)
        self.condition = conditioning(
            recipe.conditioning, recipe.code, channels, 14, min(1000, 4 * hidden)
        )
        self.rest = nn.Sequential(
            nn.LeakyReLU(slope),
            norm2d(channels, norm),
            nn.Conv2d(channels, 2 * channels, 4, 2, 1),
            nn.LeakyReLU(slope),
            norm2d(2 * channels, norm),
            nn.Flatten(),
        )
        projection = recipe.conditioning == "projection"
        self.head = Head(2 * channels * 49, hidden, recipe.code, projection, norm)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        features = self.condition(self.first(x), z)
        logits: Tensor = self.head(self.rest(features), z)
        return logits


class VectorCritic(nn.Module):
    """A discriminator of vectors: logits [N]. The paper's has two hidden layers of 2000 ReLU."""

    def __init__(self, size: int, hidden: int, slope: float = 0.0) -> None:
        super().__init__()
        self.body = mlp([size, hidden, hidden, 1], slope)

    def forward(self, z: Tensor) -> Tensor:
        logits: Tensor = self.body(z).squeeze(1)
        return logits
