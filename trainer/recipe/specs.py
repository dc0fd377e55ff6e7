"""The records of a data set, a model and a family of networks: all that the program asks of them.

They are plain data, so that a window can read them before the engine is loaded; what needs torch is
named as "module:attribute" and imported when it is used.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trainer.recipe.registry import Registry

Build = str | Callable[..., Any]


def resolve(build: Build) -> Any:
    """What "module:attribute" names; what is there already is returned as it is."""
    if not isinstance(build, str):
        return build
    module, _, attribute = build.partition(":")
    return getattr(importlib.import_module(module), attribute)


@dataclass(frozen=True)
class ModelSpec:
    """A kind of model: which end of the autoencoder is which, and what its parts are called."""

    name: str
    title: str  # as the paper writes it
    group: str  # the heading of its experiments in lists
    build: Build  # "module:class" or the class itself, a `trainer.models.base.Model`
    source: str = "data"  # the end that the autoencoder starts from: "data" or "code"
    inverse: bool = True  # whether there is a way back, and with it a reconstruction game
    translates: bool = False  # whether the code is an image of a second domain


@dataclass(frozen=True)
class FamilySpec:
    """A family of networks: what it is made for, and which options of a recipe it reads."""

    name: str
    build: Build  # "module:function" or itself, recipe -> `trainer.networks.layers.Networks`
    points: bool = False  # for points in the plane, not for images
    translates: bool = False  # maps from image to image
    size: int = 0  # px, where it is made for one size only
    colour: bool | None = None  # where it is made for colour, or for grey, only
    full_size: bool = False  # the paper's networks, or CycleGAN's, which want a GPU
    options: frozenset[str] = frozenset()  # those of `FAMILY_OPTIONS` that change its networks
    # Raised where code, not a setting, changes what these networks become; older results are stale.
    revision: int = 1


# Options that only some families read.
FAMILY_OPTIONS = frozenset({"width", "conditioning", "discriminator_norm", "encoder_noise"})

MODELS: Registry[ModelSpec] = Registry("model", "trainer.models.specs")
FAMILIES: Registry[FamilySpec] = Registry("family of networks", "trainer.networks.specs")
