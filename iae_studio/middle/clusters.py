"""The categories of a code that is one of a few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iae_studio.middle.spec import VIEWS, ViewSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import CLUSTERS
from trainer.recipe.recipe import Recipe

if TYPE_CHECKING:
    from iae_studio.views.clusters import ClustersView


def applies(recipe: Recipe) -> bool:
    """Where a category can be drawn."""
    return recipe.categorical and not recipe.two_dimensional


def build(state: StudioState) -> ClustersView:
    """Imported when it is first looked at: the window is painted sooner."""
    from iae_studio.views.clusters import ClustersView

    return ClustersView(state)


VIEWS.register(
    ViewSpec(
        CLUSTERS,
        "Clusters",
        "Every category of the code",
        "2",
        build,
        applies,
        order=20,
    )
)
