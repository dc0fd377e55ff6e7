"""The queue at the left, behind the experiments."""

from __future__ import annotations

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.queue_panel import QueuePanel


def build(state: StudioState, submit: Submit) -> QueuePanel:
    """The panel, which is empty until it is looked at."""
    return QueuePanel(state)


PANELS.register(
    PanelSpec("queue", "Queue", "left", build, key="Ctrl+8", order=24, behind="experiments")
)
