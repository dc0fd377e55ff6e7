"""The bookmarks, made when they are first looked at."""

from __future__ import annotations

from iae_studio.panels.spec import PANELS, PanelSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.bookmarks_panel import BookmarksPanel


def build(state: StudioState, submit: Submit) -> BookmarksPanel:
    """The panel, which is empty until it is looked at."""
    return BookmarksPanel(state)


PANELS.register(
    PanelSpec("bookmarks", "Bookmarks", "bottom", build, key="Ctrl+6", order=60, behind="training")
)
