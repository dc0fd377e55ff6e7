"""The runs at the left, behind the experiments."""

from __future__ import annotations

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.runs_panel import RunsPanel


def build(state: StudioState, submit: Submit) -> RunsPanel:
    """The panel, which is empty until it is looked at."""
    return RunsPanel(state, submit)


PANELS.register(
    PanelSpec("runs", "Runs", "left", build, key="Ctrl+7", order=22, behind="experiments")
)
