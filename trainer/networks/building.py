"""A recipe's networks, by the name of their family.

A family has one builder: recipe -> `Networks`. Every encoder is called with (x, eps), every
decoder with (z, n), a pair discriminator with (x, z), a code or data discriminator with one tensor.
Noise vectors of size 0 are tensors [N, 0].
"""

from __future__ import annotations

from trainer.networks.layers import Networks
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import FAMILIES, resolve


def build_networks(recipe: Recipe) -> Networks:
    """The makers of a recipe's networks; they initialise from torch's global generator."""
    networks: Networks = resolve(FAMILIES[recipe.model.networks].build)(recipe)
    return networks
