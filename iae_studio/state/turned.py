"""What a user turns, as plain data, and how many columns that makes."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.messages import column_seeds
from trainer.recipe.recipe import Recipe

PICTURES, CLUSTERS, COMPARE = "pictures", "clusters", "compare"  # names of views of the middle
COLUMNS = 8  # at first
FEWER = 6  # columns where pictures of codes, or of larger sizes, take room too
FEWEST, MOST = 2, 16  # columns that can be chosen
MAX_SEED = 999_999
Axes = tuple[tuple[float, ...], ...]  # one direction each


def has_noise(recipe: Recipe) -> bool:
    """Whether one image has many answers."""
    return bool(
        recipe.model.noise or recipe.model.encoder_noise or recipe.model.posterior == "gaussian"
    )


def columns_of(recipe: Recipe, wanted: int = 0) -> int:
    """How many answers a row shows: without noise they would all be the same.

    `wanted` 0 is as many as suit the model.
    """
    if not has_noise(recipe):
        return 1
    return wanted or (FEWER if recipe.translates else COLUMNS)


@dataclass(frozen=True)
class Settings:
    """All that is turned; of the same names as in a `Query`."""

    seed: int = 0
    seeds: tuple[int, ...] = column_seeds(0, MOST)
    wanted_columns: int = 0  # as many as suit the model
    locked: frozenset[int] = frozenset()
    noise_scale: float = 1.0
    noise_offsets: tuple[float, ...] = ()
    code_offsets: tuple[float, ...] = ()
    raw_code: bool = False
    # Directions in place of those of the snapshot; empty: the snapshot's.
    code_axes: Axes = ()
    noise_axes: Axes = ()
    view: str = PICTURES
    wants_way_back: bool = False
    # Whether the directions are to be those of strongest effect on the selected picture.
    code_here: bool = True
    noise_here: bool = True
