"""A small generator with skips for CycleIAE on two CPU cores, and its discriminators."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainer.networks.layers import Networks
from trainer.networks.resnet import Layer, Residual
from trainer.recipe.recipe import Recipe


class SmallGenerator(nn.Module):
    """Stem, two strided layers, two residual blocks, and up again beside what was on the way.

    Images [N, C, S, S] in [0, 1]. The skips, the raw input among them, keep shapes in place; up
    goes by resizing and convolving, for transposed convolutions leave a checkerboard.
    """

    def __init__(self, recipe: Recipe, noise: int, scale: float) -> None:
        super().__init__()
        self.scale = scale
        w, image = recipe.model.width, recipe.channels
        self.stem = Layer(nn.Conv2d(image, w, 3, 1, 1), w, noise)
        self.down = nn.ModuleList(
            [
                Layer(nn.Conv2d(w, w, 4, 2, 1), w, noise),
                Layer(nn.Conv2d(w, 2 * w, 4, 2, 1), 2 * w, noise),
            ]
        )
        self.middle = nn.ModuleList([Residual(2 * w, noise), Residual(2 * w, noise)])
        self.up = nn.ModuleList(
            [
                Layer(nn.Conv2d(3 * w, w, 3, 1, 1), w, noise),
                Layer(nn.Conv2d(2 * w, w, 3, 1, 1), w, noise),
            ]
        )
        self.last = nn.Conv2d(w + image, image, 3, 1, 1)

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        noise = self.scale * noise
        image = 2 * x - 1
        y = self.stem(image, noise)
        passed = []
        for layer in self.down:
            passed.append(y)
            y = layer(y, noise)
        for block in self.middle:
            y = block(y, noise)
        for layer in self.up:
            y = functional.interpolate(y, scale_factor=2.0, mode="nearest")
            y = layer(torch.cat([y, passed.pop()], 1), noise)
        painted: Tensor = self.last(torch.cat([y, image], 1))
        return (1 + painted.tanh()) / 2


class ThreeHeadDiscriminator(nn.Module):
    """Logits [N, 3 pixels] of one image or of several side by side: of pixels, patches, the whole.

    The first layers keep every pixel, and a head sees those next to each other: patches of 18 px
    alone leave fills mottled.
    """

    def __init__(self, recipe: Recipe, images: int) -> None:
        super().__init__()
        w = recipe.model.width
        self.fine = nn.Sequential(
            nn.Conv2d(images * recipe.channels, w, 3, 1, 1), nn.LeakyReLU(0.2)
        )
        self.pixels = nn.Conv2d(w, 1, 3, 1, 1)
        self.body = nn.Sequential(
            nn.Conv2d(w, w, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(w, 2 * w, 4, 2, 1),
            nn.LeakyReLU(0.2),
        )
        self.patches = nn.Conv2d(2 * w, 1, 3, 1, 1)
        self.whole = nn.Sequential(
            nn.Conv2d(2 * w, 2 * w, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(2 * w * (recipe.data.size // 8) ** 2, 1),
        )

    def forward(self, *images: Tensor) -> Tensor:
        fine = self.fine(2 * torch.cat(images, 1) - 1)
        features = self.body(fine)
        pixels = self.pixels(fine).flatten(1)
        patches = functional.interpolate(self.patches(features), scale_factor=4.0).flatten(1)
        # The heads count alike, however many places each has.
        return torch.cat([pixels, patches, self.whole(features).expand_as(pixels)], 1)


def small_resnet_networks(recipe: Recipe) -> Networks:
    """About 0.1 million parameters a map at a width of 16."""
    return Networks(
        encoder=lambda: SmallGenerator(
            recipe, recipe.model.encoder_noise, recipe.model.noise_scale
        ),
        decoder=lambda: SmallGenerator(recipe, recipe.model.noise, recipe.model.noise_scale),
        pair_discriminator=lambda: ThreeHeadDiscriminator(recipe, 2),
        code_discriminator=lambda: ThreeHeadDiscriminator(recipe, 1),
        data_discriminator=lambda: ThreeHeadDiscriminator(recipe, 1),
        channels_last=True,
    )
