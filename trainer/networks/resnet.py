"""CycleIAE's maps between two domains of images (Appendix B.2), and its patch discriminator.

CycleGAN's ResNet generator with batch norm in every layer, which a noise vector conditions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainer.networks.layers import Networks
from trainer.recipe.recipe import Recipe


class ConditionalNorm(nn.Module):
    """Batch norm whose scale and shift are a linear map of the noise; plain without noise."""

    def __init__(self, channels: int, noise: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=noise == 0)
        self.affine = nn.Linear(noise, 2 * channels) if noise else None
        # A model without numbers draws none: for that torch would load its compiler, a second.
        if self.affine is not None and not self.affine.weight.is_meta:
            nn.init.normal_(self.affine.weight, std=0.1)
            nn.init.zeros_(self.affine.bias)

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        y: Tensor = self.norm(x)
        if self.affine is None:
            return y
        gamma, beta = self.affine(noise)[:, :, None, None].chunk(2, 1)
        conditioned: Tensor = y * (1 + gamma) + beta
        return conditioned


class Layer(nn.Module):
    """Convolution, conditional norm, ReLU."""

    def __init__(self, convolution: nn.Module, channels: int, noise: int, last: bool = False):
        super().__init__()
        self.convolution = convolution
        self.norm = ConditionalNorm(channels, noise)
        self.activation = nn.Identity() if last else nn.ReLU()

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        y: Tensor = self.activation(self.norm(self.convolution(x), noise))
        return y


class Residual(nn.Module):
    """Two 3x3 layers beside the identity."""

    def __init__(self, channels: int, noise: int) -> None:
        super().__init__()
        self.first = Layer(conv(channels, channels, 3), channels, noise)
        self.second = Layer(conv(channels, channels, 3), channels, noise, last=True)

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        y: Tensor = x + self.second(self.first(x, noise), noise)
        return y


def conv(before: int, after: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """A convolution that keeps the size, with the border mirrored."""
    padding = (kernel - 1) // 2
    return nn.Conv2d(before, after, kernel, stride, padding, padding_mode="reflect")


class ResNet(nn.Module):
    """c7-w, down to 2w and 4w, residual blocks, up to 2w and w, c7; images [N, C, S, S] in [0, 1].

    CycleGAN's has w = 64 and six blocks below 256 pixels.
    """

    def __init__(self, recipe: Recipe, noise: int, scale: float, width: int, blocks: int) -> None:
        super().__init__()
        self.scale = scale
        w, image = width, recipe.channels
        layers: list[nn.Module] = [
            Layer(conv(image, w, 7), w, noise),
            Layer(nn.Conv2d(w, 2 * w, 3, 2, 1), 2 * w, noise),
            Layer(nn.Conv2d(2 * w, 4 * w, 3, 2, 1), 4 * w, noise),
            *(Residual(4 * w, noise) for _ in range(blocks)),
            Layer(nn.ConvTranspose2d(4 * w, 2 * w, 3, 2, 1, output_padding=1), 2 * w, noise),
            Layer(nn.ConvTranspose2d(2 * w, w, 3, 2, 1, output_padding=1), w, noise),
        ]
        self.layers = nn.ModuleList(layers)
        self.last = conv(w, image, 7)

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        y = 2 * x - 1
        for layer in self.layers:
            y = layer(y, self.scale * noise)
        painted: Tensor = self.last(y)
        return (1 + painted.tanh()) / 2


class PatchDiscriminator(nn.Module):
    """CycleGAN's 70x70 patch discriminator: logits [N, places] of one image or of several."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        w, layers = width, []
        steps = ((channels, w, 2), (w, 2 * w, 2), (2 * w, 4 * w, 2), (4 * w, 8 * w, 1))
        for before, after, stride in steps:
            layers += [nn.Conv2d(before, after, 4, stride, 1), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*layers, nn.Conv2d(8 * w, 1, 4, 1, 1), nn.Flatten())

    def forward(self, *images: Tensor) -> Tensor:
        logits: Tensor = self.body(2 * torch.cat(images, 1) - 1)
        return logits


def resnet_networks(recipe: Recipe) -> Networks:
    """Both maps are generators; pairs of images are judged side by side, channel by channel."""
    image, width = recipe.channels, 64
    return Networks(
        encoder=lambda: ResNet(
            recipe, recipe.model.encoder_noise, recipe.model.noise_scale, width, blocks=6
        ),
        decoder=lambda: ResNet(
            recipe, recipe.model.noise, recipe.model.noise_scale, width, blocks=6
        ),
        pair_discriminator=lambda: PatchDiscriminator(2 * image, width),
        code_discriminator=lambda: PatchDiscriminator(image, width),
        data_discriminator=lambda: PatchDiscriminator(image, width),
        channels_last=True,
    )
