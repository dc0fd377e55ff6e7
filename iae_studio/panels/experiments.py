"""The list of experiments at the left."""

from __future__ import annotations

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.experiments import ExperimentsView


def build(state: StudioState, submit: Submit) -> ExperimentsView:
    """The list, and below it what is chosen."""
    return ExperimentsView(
        state.displayed, state.library, state.training, state.downloads, state.requests
    )


PANELS.register(
    PanelSpec(
        "experiments", "Experiments", "left", build, key="Ctrl+1", order=10, across=344, along=500
    )
)
