"""What the palette offers: the window's actions, and the experiments to look at."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from iae_studio.state.library import Library
from iae_studio.views.actions import PANELS, SUBJECT, actions_of, key_of, words
from iae_studio.views.palette import Entry
from iae_studio.views.words import group_of, groups
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe


def entries(window: QWidget, library: Library) -> list[Entry]:
    """All that can be done now, subject by subject; then the experiments."""
    done = [
        Entry(
            str(each.property(SUBJECT)), _does(each), key_of(each), each.trigger, each.statusTip()
        )
        for each in actions_of(window)
        if each.isEnabled()
    ]
    return [*done, *(_experiment(recipe, library) for recipe in CATALOGUE.values())]


def _does(action: QAction) -> str:
    """What it does now: a panel is shown, or hidden."""
    if action.property(SUBJECT) != PANELS:
        return words(action)
    return f"{'Hide' if action.isChecked() else 'Show'} {words(action)}"


def _experiment(recipe: Recipe, library: Library) -> Entry:
    """Show it, with the weights that there are of it."""
    figure = recipe.about.figure
    also = f"{recipe.name} {groups()[group_of(recipe)]} {recipe.about.story} {figure}"
    untrained = library.weights_of(recipe).path is None
    show = partial(_show, recipe, library)
    return Entry("Experiment", recipe.about.title, figure, show, also, rank=int(untrained))


def _show(recipe: Recipe, library: Library) -> None:
    library.choose(library.weights_of(recipe), any_weights=True)
