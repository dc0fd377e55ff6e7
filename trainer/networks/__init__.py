"""The networks, by the name a recipe gives them.

Each family is one file with one builder: recipe -> `Networks`. Every encoder is called with
(x, eps), every decoder with (z, n), a pair critic with (x, z) and a code or data critic with one
tensor. Noise vectors of size 0 are tensors [N, 0].
"""

from __future__ import annotations

from collections.abc import Callable

from trainer.networks.parts import Networks
from trainer.networks.small import small_networks
from trainer.networks.table1 import table1_networks
from trainer.networks.toy import toy_networks
from trainer.recipes import Recipe

FAMILIES: dict[str, Callable[[Recipe], Networks]] = {
    "toy": toy_networks,
    "mnist": table1_networks,
    "small": small_networks,
}


def build_networks(recipe: Recipe) -> Networks:
    """The four networks of a recipe, freshly initialised from torch's global generator."""
    return FAMILIES[recipe.networks](recipe)


__all__ = ["FAMILIES", "Networks", "build_networks"]
