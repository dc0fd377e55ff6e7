"""The losses and the log, below."""

from __future__ import annotations

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.losses import LossesView


def build(state: StudioState, submit: Submit) -> LossesView:
    """The plot, and the log beside it."""
    return LossesView(state)


PANELS.register(
    PanelSpec(
        "training", "Training", "bottom", build, key="Ctrl+4", order=40, across=208, empty=132
    )
)
