"""The pad to draw on, at the left."""

from __future__ import annotations

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.drawing import DrawingView


def build(state: StudioState, submit: Submit) -> DrawingView:
    """The pad."""
    return DrawingView(state)


PANELS.register(PanelSpec("drawing", "Draw", "left", build, order=20, along=190))
