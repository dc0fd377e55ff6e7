"""The codes of many test images in the plane."""

from __future__ import annotations

from iae_studio.middle.spec import VIEWS, ViewSpec
from iae_studio.views.map_view import MapView
from trainer.recipe.recipe import Recipe

MAP = "map"


def applies(recipe: Recipe) -> bool:
    """Where images have codes."""
    return not recipe.two_dimensional and recipe.model_spec.inverse


VIEWS.register(
    ViewSpec(
        MAP,
        "Map",
        "The codes of many test images, and what lies between them",
        "3",
        MapView,
        applies,
        order=30,
    )
)
