"""What the window must know of a panel, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from trainer.recipe.registry import Registry


@dataclass(frozen=True)
class PanelSpec:
    """A panel: what it is called, where it docks, and what builds it."""

    name: str
    title: str  # of its dock and its entry in the View menu
    area: Literal["left", "right", "bottom"]
    # Its view, given the state and what runs jobs on the worker thread.
    build: Callable[[StudioState, Submit], QWidget]
    key: str = ""  # shows and hides it
    order: int = 100  # the place among those of its area, and in the menu
    across: int = 0  # px at first: the width of a side, the height of the bottom
    behind: str = ""  # the panel of the same area behind which it lies at first
    along: int = 0  # px at first: the height in its side, the width in the bottom
    empty: int = 0  # px: the height of the bottom that does while it has nothing to show


@runtime_checkable
class LoadsSlowly(Protocol):
    """A view that is shown without a slow part, and completed once the window is painted."""

    def complete(self) -> None:
        """Make the slow part."""


@runtime_checkable
class MayBeEmpty(Protocol):
    """A view that needs little room until it has something to show."""

    filled: SignalInstance

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""


PANELS: Registry[PanelSpec] = Registry("panel", "iae_studio.panels")
