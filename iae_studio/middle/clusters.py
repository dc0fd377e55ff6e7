"""The categories of a code that is one of a few."""

from __future__ import annotations

from iae_studio.middle.spec import VIEWS, ViewSpec
from iae_studio.state.turned import CLUSTERS
from iae_studio.views.clusters import ClustersView
from trainer.recipe.recipe import Recipe


def applies(recipe: Recipe) -> bool:
    """Where a category can be drawn."""
    return recipe.categorical and not recipe.two_dimensional


VIEWS.register(
    ViewSpec(
        CLUSTERS,
        "Clusters",
        "Every category of the code",
        "2",
        ClustersView,
        applies,
        order=20,
    )
)
