"""A claim of the paper, the trials that answer it, and the figures that are shown of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.recipe.catalogue import CATALOGUE, find_recipe
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import full_path


@dataclass(frozen=True)
class Trial:
    """A recipe, perhaps with other settings or on other images, that is run over seeds."""

    name: str  # also of its files
    recipe: str
    settings: tuple[str, ...] = ()
    images: str = ""  # a folder or zip file in the folder of the data sets
    note: str = ""  # what is different from the recipe
    pictures: bool = True  # whether its pictures may be shown: not those of sets we may not ship
    weights: bool = True  # whether `--weights` writes its model; never one of own images

    def made(self, root: Path, seed: int) -> Recipe:
        """Its recipe for a seed; `root` is the folder of the data sets."""
        recipe = find_recipe(self.recipe)
        if self.images:
            recipe = recipe.with_images(str(full_path(root / self.images)))
        return recipe.with_settings([*self.settings, f"seed={seed}"])

    @property
    def full_size(self) -> bool:
        """Whether it wants a GPU."""
        return CATALOGUE[self.recipe].full_size


@dataclass(frozen=True)
class Measure:
    """A figure of `evaluate`, how it is written, and what it is held against."""

    key: str
    title: str
    percent: bool = False
    yardstick: str = ""  # another figure
    against: str = ""  # what that one is


@dataclass(frozen=True)
class Claim:
    """A figure or a sentence of the paper."""

    title: str
    paper: str  # what it shows or reports
    trials: tuple[Trial, ...]
    measures: tuple[Measure, ...]
    seeds: int = 3  # that are worth running
