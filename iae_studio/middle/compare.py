"""Runs and moments side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iae_studio.middle.spec import VIEWS, ViewSpec
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import COMPARE

if TYPE_CHECKING:
    from iae_studio.views.compare import CompareView


def build(state: StudioState) -> CompareView:
    """Imported when it is first looked at: the window is painted sooner."""
    from iae_studio.views.compare import CompareView

    return CompareView(state)


VIEWS.register(
    ViewSpec(
        COMPARE,
        "Compare",
        "Up to four models side by side, on the same images and noises",
        "4",
        build,
        order=40,
    )
)
