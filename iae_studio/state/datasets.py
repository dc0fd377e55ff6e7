"""The data sets in words, and where each lies on this computer. No torch."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS


def title_of(recipe: Recipe) -> str:
    """The data of a recipe in a few words."""
    spec = DATA_SETS[recipe.data.name]
    if not spec.own:
        return spec.title
    return " and ".join(
        Path(name).name for name in (recipe.data.images, recipe.data.images_b) if name
    )


def missing(name: str) -> tuple[str, str]:
    """What is said, and what to do, where a data set is not on this computer."""
    spec = DATA_SETS[name]
    if spec.download:
        way = "Download it at the left, or choose a folder that holds it"
    elif spec.page:
        way = f"Get it from {spec.page}, then choose the folder that holds {spec.files}"
    else:
        way = f"Choose the folder that holds {spec.files or 'it'}"
    if spec.stand_in_recipe:
        way += f"; {spec.stand_in_recipe} needs no data"
    return f"{spec.title} is not on this computer yet.", f"{way}."


def gone_images(recipe: Recipe) -> str:
    """The first of a recipe's own folders that is not there; empty where all are. Asks the disk."""
    named = filter(None, (recipe.data.images, recipe.data.images_b))
    return next((name for name in named if not _is_there(name)), "")


def _is_there(name: str) -> bool:
    with suppress(OSError):  # it can't be looked at: whoever reads it tells why
        return Path(name).exists()
    return True
