"""Small fully connected networks for points in the plane (Figures 5, 11 and 12)."""

from __future__ import annotations

from torch import nn

from trainer.networks.discriminators import VectorDiscriminator
from trainer.networks.layers import Networks, WithNoise, code_layer, mlp
from trainer.recipe.recipe import Recipe

POINT = 2


def toy_networks(recipe: Recipe) -> Networks:
    """Two hidden layers of `recipe.model.width` units everywhere; no batch norm."""
    width, code = recipe.model.width, recipe.model.code

    def encoder() -> nn.Module:
        body = mlp([POINT + recipe.model.encoder_noise, width, width])
        return WithNoise(nn.Sequential(body, nn.ReLU(), code_layer(width, recipe, norm=False)))

    def decoder() -> nn.Module:
        return WithNoise(
            mlp([code + recipe.model.noise, width, width, POINT]), recipe.model.noise_scale
        )

    return Networks(
        encoder=encoder,
        decoder=decoder,
        pair_discriminator=lambda: VectorDiscriminator(POINT + code, width, slope=0.2),
        code_discriminator=lambda: VectorDiscriminator(code, width, slope=0.2),
        data_discriminator=lambda: VectorDiscriminator(POINT, width, slope=0.2),
    )
