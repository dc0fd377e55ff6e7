"""Networks of 28x28x1 images that learn on two CPU cores: Table 1's shape, a tenth of its width."""

from __future__ import annotations

from torch import Tensor, nn

from trainer.networks.critics import PairCritic, VectorCritic
from trainer.networks.parts import Networks, WithNoise, code_layer
from trainer.recipes import Recipe


class ConvEncoder(nn.Module):
    """Two strided convolutions and a fully connected layer; noise joins the latter."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        width = recipe.width
        self.body = nn.Sequential(
            nn.Conv2d(1, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 2, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
        )
        self.hidden = WithNoise(nn.Linear(2 * width * 49 + recipe.encoder_noise, 256))
        self.code = nn.Sequential(nn.LeakyReLU(0.2), code_layer(256, recipe.code, recipe.code_kind))

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        code: Tensor = self.code(self.hidden(self.body(x), noise))
        return code


def small_networks(recipe: Recipe) -> Networks:
    """About 1 million parameters at a width of 24."""
    width = recipe.width
    decoder = nn.Sequential(
        nn.Linear(recipe.code + recipe.noise, 256),
        nn.ReLU(),
        nn.BatchNorm1d(256),
        nn.Linear(256, 2 * width * 49),
        nn.ReLU(),
        nn.BatchNorm1d(2 * width * 49),
        nn.Unflatten(1, (2 * width, 7, 7)),
        nn.ConvTranspose2d(2 * width, width, 4, 2, 1),
        nn.ReLU(),
        nn.BatchNorm2d(width),
        nn.ConvTranspose2d(width, 1, 4, 2, 1),
        nn.Sigmoid(),
    )
    return Networks(
        encoder=ConvEncoder(recipe),
        decoder=WithNoise(decoder, recipe.noise_scale),
        pair_critic=PairCritic(recipe, channels=width, hidden=256, slope=0.2),
        code_critic=VectorCritic(recipe.code, 256, slope=0.2),
    )
