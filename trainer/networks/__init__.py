"""The networks, by the name a recipe gives them.

A family has one builder: recipe -> `Networks`. Every encoder is called with (x, eps), every
decoder with (z, n), a pair critic with (x, z) and a code or data critic with one tensor. Noise
vectors of size 0 are tensors [N, 0].
"""

from __future__ import annotations

from collections.abc import Callable

from trainer.networks.layers import Networks
from trainer.networks.resnet import resnet_networks
from trainer.networks.small import small_networks
from trainer.networks.small_colour import small_colour_networks
from trainer.networks.small_resnet import small_resnet_networks
from trainer.networks.table1 import table1_networks
from trainer.networks.table23 import celeba_networks, svhn_networks
from trainer.networks.toy import toy_networks
from trainer.recipe.recipe import Recipe

FAMILIES: dict[str, Callable[[Recipe], Networks]] = {
    "toy": toy_networks,
    "mnist": table1_networks,
    "svhn": svhn_networks,
    "celeba": celeba_networks,
    "resnet": resnet_networks,
    "small": small_networks,
    "small-colour": small_colour_networks,
    "small-resnet": small_resnet_networks,
}


def build_networks(recipe: Recipe) -> Networks:
    """The makers of a recipe's networks; they initialise from torch's global generator."""
    return FAMILIES[recipe.networks](recipe)


__all__ = ["FAMILIES", "Networks", "build_networks"]
