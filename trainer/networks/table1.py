"""The paper's MNIST networks (Table 1), for images 28x28x1 in [0, 1]."""

from __future__ import annotations

from torch import nn

from trainer.networks.discriminators import ConvDiscriminator, VectorDiscriminator
from trainer.networks.layers import Networks, WithNoise, code_layer
from trainer.recipe.recipe import Recipe


def table1_networks(recipe: Recipe) -> Networks:
    """Encoder FC 2000-2000, decoder FC 1024-6272 and two upconvolutions, discriminator 64-128."""

    def encoder() -> nn.Module:
        return WithNoise(
            nn.Sequential(
                nn.Flatten(),
                nn.Linear(784 + recipe.model.encoder_noise, 2000),
                nn.ReLU(),
                nn.Linear(2000, 2000),
                nn.ReLU(),
                code_layer(2000, recipe),
            )
        )

    def decoder() -> nn.Module:
        body = nn.Sequential(
            nn.Linear(recipe.model.code + recipe.model.noise, 1024),
            nn.ReLU(),
            nn.BatchNorm1d(1024),
            nn.Linear(1024, 128 * 7 * 7),
            nn.ReLU(),
            nn.BatchNorm1d(128 * 7 * 7),
            nn.Unflatten(1, (128, 7, 7)),
            nn.ConvTranspose2d(128, 64, 4, 2, 1),
            nn.ReLU(),
            nn.BatchNorm2d(64),
            nn.ConvTranspose2d(64, 1, 4, 2, 1),
            nn.Sigmoid(),
        )
        return WithNoise(body, recipe.model.noise_scale)

    return Networks(
        encoder=encoder,
        decoder=decoder,
        pair_discriminator=lambda: ConvDiscriminator(recipe, [64, 128], hidden=1024),
        code_discriminator=lambda: VectorDiscriminator(recipe.model.code, 2000),
        data_discriminator=lambda: ConvDiscriminator(recipe, [64, 128], hidden=1024, paired=False),
    )
