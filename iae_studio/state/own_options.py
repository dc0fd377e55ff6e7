"""What makes a recipe another than the catalogue's, in a few words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.options import leaves, short_name, value_at
from trainer.recipe.recipe import Recipe

_DATA = ("data.name", "data.images", "data.images_b", "data.second")
SEED = "optim.seed"


@lru_cache(maxsize=1024)
def own_options(recipe: Recipe, seed: bool = True) -> str:
    """The options that differ, as they are typed, and whose images it is trained on."""
    base = CATALOGUE.get(recipe.name)
    if base is None:
        return ""
    left_out = _DATA if seed else (*_DATA, SEED)
    told = [
        f"{short_name(path)}={value_at(recipe, path)}"
        for path, _, _ in leaves()
        if not path.startswith("about.")
        and path not in left_out
        and value_at(recipe, path) != value_at(base, path)
    ]
    folders = [Path(name).name for name in (recipe.data.images, recipe.data.images_b) if name]
    return ", ".join([f"on {' and '.join(folders)}"] * bool(folders) + told)
