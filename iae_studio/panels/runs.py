"""The runs, made when they are first looked at."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.late_panel import LatePanel


def build(state: StudioState, submit: Submit) -> LatePanel:
    """The panel, which is empty until it is looked at."""
    return LatePanel(QWidget)


PANELS.register(
    PanelSpec("runs", "Runs", "left", build, key="Ctrl+7", order=22, behind="experiments")
)
