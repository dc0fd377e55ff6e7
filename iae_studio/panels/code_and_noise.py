"""This picture: its shares, and the sliders of its code and noise, at the right."""

from __future__ import annotations

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.controls import ControlsView


def build(state: StudioState, submit: Submit) -> ControlsView:
    """How much is noise, then the code, then the noise."""
    return ControlsView(state, submit)


PANELS.register(
    PanelSpec("code and noise", "This picture", "right", build, key="Ctrl+3", order=30, across=288)
)
