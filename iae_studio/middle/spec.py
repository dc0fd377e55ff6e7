"""What the window must know of a view of the middle, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from trainer.recipe.recipe import Recipe
from trainer.recipe.registry import Registry


def always(recipe: Recipe) -> bool:
    """A view of every model."""
    return True


@dataclass(frozen=True)
class ViewSpec:
    """One way to look at a model: what it is called, and what builds it on first use.

    A view that has a signal `told` says by it, in words, what the pointer is over.
    """

    name: str  # in `Query.view`
    title: str
    tip: str
    key: str
    build: Callable[[StudioState], QWidget]
    applies: Callable[[Recipe], bool] = always
    order: int = 100


VIEWS: Registry[ViewSpec] = Registry("view", "iae_studio.middle")
