"""The records of a data set, a model and a family of networks: all that the program asks of them.

They are plain data, so that a window can read them before the engine is loaded; what needs torch is
named as "module:attribute" and imported when it is used.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
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
    options: frozenset[str] = frozenset()  # which of the options that `effect.py` asks it for
    # Raised where code, not a setting, changes what these networks become; older results are stale.
    revision: int = 1


MODELS: Registry[ModelSpec] = Registry("model", "trainer.models.specs")
FAMILIES: Registry[FamilySpec] = Registry("family of networks", "trainer.networks.specs")


Box = tuple[int, int, int, int]  # px: left, top, right, bottom


@dataclass(frozen=True)
class Crop:
    """What is cut out of the pictures that a data set is made of, known by their size."""

    size: tuple[int, int]  # px, width and height of such a picture; others keep their middle
    box: Box


@dataclass(frozen=True)
class DataSpec:
    """A data set: what its images are like, where it comes from, and what loads it.

    Where "module:function" is asked for, the function itself will do.
    """

    name: str
    title: str  # in words, as the middle of a sentence has it
    # (`trainer.data.request.Request`, progress) -> `trainer.data.dataset.DataSet`; it is called
    # once for all that ask for the same. `progress(images done, images in all)` may raise.
    load: Build
    # (Request, progress) -> a text that is another one when the files are, where they may change
    # while the program runs: what was loaded of others is then loaded anew.
    state: Callable[..., str] | None = None
    # Request -> the first of the test set's `Rows`, where they are made sooner than the whole.
    few: Build = ""
    many: Build = ""  # the same, for a map of them

    # ---- what there is to see ----
    points: bool = False  # points in the plane, not images
    reach: float = 3.0  # of points: how far a plot shows the plane
    size: int | None = None  # px, where all images have one size; else any ...
    smallest: int = 16  # ... from here ...
    largest: int = 256  # ... to here
    colour: bool | None = None  # whether the images have it; None: as asked for
    class_names: tuple[str, ...] = ()  # what the labels 0, 1, ... mean
    class_pair: bool = False  # whether there can be two classes to translate between

    # ---- how other images become like these, for the networks ----
    ink: bool = False  # a photo is read as ink on paper, and becomes white on black
    crop: Crop | None = None

    # ---- where it comes from ----
    own: bool = False  # the user's own images, in the folders that a recipe names
    drawn: bool = False  # made by our own code: at hand, and the same everywhere
    files: str = ""  # what has to be on the disk, in words
    find: Callable[[Path], Path | None] | None = None  # root -> the folder of the files, if there
    # (root, progress in bytes, cancelled) -> folder; "" where it cannot be downloaded ...
    download: Build = ""
    download_size: str = ""  # ... in words
    page: str = ""  # where it is got by hand
    stand_in: str = ""  # the data set whose images are shown where this one is not at hand
    stand_in_recipe: str = ""  # a recipe to begin with, which needs no data
    licence: str = ""
    shippable: bool = True  # whether its images may be handed on, in a figure say

    # What a classifier must read rightly, as a share of the test set, to be of use as a measure.
    readable: float = 0.8


DATA_SETS: Registry[DataSpec] = Registry("data set", "trainer.data.sets")


def called(word: str, name: str, data: str, label: int) -> str:
    """What an input is called that was taken from a data set: "test 17 (7)"."""
    names = DATA_SETS[data].class_names
    return f"{word} {name} ({names[label]})" if label < len(names) else f"{word} {name}"
