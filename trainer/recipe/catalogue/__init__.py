"""The catalogue: one entry for each figure or claim of the paper, and small ones for a CPU.

No torch here, so that a window can list the recipes before the engine is loaded.
"""

from __future__ import annotations

from trainer.messages import UserError
from trainer.recipe.catalogue.categorical import CATEGORICAL
from trainer.recipe.catalogue.colour import COLOUR
from trainer.recipe.catalogue.content_style import DRAWN, MNIST
from trainer.recipe.catalogue.flipped import BASELINES, FLIPPED
from trainer.recipe.catalogue.plane import PLANE
from trainer.recipe.catalogue.translations import TRANSLATIONS
from trainer.recipe.recipe import Recipe

CATALOGUE: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        DRAWN,
        *MNIST,
        *COLOUR,
        *CATEGORICAL,
        *TRANSLATIONS,
        *FLIPPED,
        *PLANE,
        *BASELINES,
    )
}


def find_recipe(name: str) -> Recipe:
    """The catalogue's recipe of that name. Raises UserError naming those that exist."""
    try:
        return CATALOGUE[name]
    except KeyError:
        raise UserError(
            f"There is no recipe {name!r}. Choose one of: {', '.join(CATALOGUE)}."
        ) from None
