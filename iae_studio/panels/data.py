"""The browser of the data, below, behind the losses."""

from __future__ import annotations

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.data_panel import DataPanel


def build(state: StudioState, submit: Submit) -> DataPanel:
    """The panel, which is empty until it is looked at."""
    return DataPanel(state)


PANELS.register(
    PanelSpec("data", "Data", "bottom", build, key="Ctrl+5", order=50, behind="training")
)
