"""The codes of many test images in the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iae_studio.middle.spec import VIEWS, ViewSpec
from iae_studio.state.studio_state import StudioState
from trainer.recipe.recipe import Recipe

if TYPE_CHECKING:
    from iae_studio.views.map_view import MapView

MAP = "map"


def applies(recipe: Recipe) -> bool:
    """Where images have codes."""
    return not recipe.two_dimensional and recipe.model_spec.inverse


def build(state: StudioState) -> MapView:
    """Imported when it is first looked at: the window is painted sooner."""
    from iae_studio.views.map_view import MapView

    return MapView(state)


VIEWS.register(
    ViewSpec(
        MAP,
        "Map",
        "The codes of many test images, and what lies between them",
        "3",
        build,
        applies,
        order=30,
    )
)
