"""Discriminators on pairs of image and code, on images, and on single vectors."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from trainer.networks.conditioning import Head, conditioning
from trainer.networks.layers import mlp, norm2d
from trainer.recipe.recipe import Recipe


class ConvDiscriminator(nn.Module):
    """Strided convolutions, then the head: logits [N] of images, or of pairs (x, z).

    The code is added to the first convolution's output (Appendix B.1). `hidden` is the width of a
    fully connected layer before the logit; 0 is none.
    """

    def __init__(
        self,
        recipe: Recipe,
        channels: list[int],
        kernel: int = 4,
        hidden: int = 0,
        slope: float = 0.0,
        paired: bool = True,
        shift: bool = False,
    ) -> None:
        super().__init__()
        norm = recipe.model.discriminator_norm
        code = recipe.model.code if paired else 0
        self.shift = shift  # tanh networks see pixels in [-1, 1]
        padding = kernel // 2 - 1
        self.first = nn.Conv2d(recipe.channels, channels[0], kernel, 2, padding)
        side = recipe.data.size // 2
        self.condition = (
            conditioning(
                recipe.model.conditioning, code, channels[0], side, min(1000, 4 * hidden or 1000)
            )
            if paired
            else None
        )
        layers: list[nn.Module] = [nn.LeakyReLU(slope), norm2d(channels[0], norm)]
        for before, after in pairwise(channels):
            layers.append(nn.Conv2d(before, after, kernel, 2, padding))
            layers += [nn.LeakyReLU(slope), norm2d(after, norm)]
            side = (side + 2 * padding - kernel) // 2 + 1
        self.rest = nn.Sequential(*layers, nn.Flatten())
        projection = paired and recipe.model.conditioning == "projection"
        self.head = Head(channels[-1] * side * side, hidden, code, projection, norm)

    def forward(self, x: Tensor, z: Tensor | None = None) -> Tensor:
        features = self.first(2 * x - 1 if self.shift else x)
        if self.condition is not None:
            features = self.condition(features, z)
        logits: Tensor = self.head(self.rest(features), z)
        return logits


class VectorDiscriminator(nn.Module):
    """A discriminator of vectors: logits [N]. The paper's has two hidden layers of 2000 ReLU."""

    def __init__(self, size: int, hidden: int, slope: float = 0.0) -> None:
        super().__init__()
        self.body = mlp([size, hidden, hidden, 1], slope)

    def forward(self, *parts: Tensor) -> Tensor:
        """Of one vector [N, size], or of several that are concatenated."""
        logits: Tensor = self.body(torch.cat(parts, 1)).squeeze(1)
        return logits


class Marginal(nn.Module):
    """Reads x alone, in the pair discriminator's place: the failure named under Figure 9."""

    def __init__(self, discriminator: nn.Module) -> None:
        super().__init__()
        self.discriminator = discriminator

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        logits: Tensor = self.discriminator(x)
        return logits


class Flipped(nn.Module):
    """A pair discriminator asked about z beside x, as the FIAE does."""

    def __init__(self, discriminator: nn.Module) -> None:
        super().__init__()
        self.discriminator = discriminator

    def forward(self, z: Tensor, x: Tensor) -> Tensor:
        logits: Tensor = self.discriminator(x, z)
        return logits
