"""The menu of what can be compared: experiments, runs, moments, and ready-made comparisons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMenu, QToolButton

from iae_studio.state.comparing import MOST, Compared
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.ready_made import ReadyMade, ready_made
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.words import short_title
from iae_studio.widgets.plain import plain
from trainer.recipe.catalogue import CATALOGUE

PARTS = (("first", 0.0), ("a quarter", 0.25), ("half", 0.5), ("last", 1.0))
MOST_RUNS = 24  # in the menu, newest first


class CompareChoices(QObject):
    """Fills the menu anew each time it is opened."""

    def __init__(self, state: StudioState, button: QToolButton, parent: QObject) -> None:
        super().__init__(parent)
        self._state = state
        self.menu = QMenu(button)
        self.menu.setObjectName("compareMenu")
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self.fill)
        button.setMenu(self.menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def fill(self) -> None:
        """With what there is now."""
        state, menu = self._state, self.menu
        for old in menu.findChildren(QMenu):
            old.deleteLater()
        menu.clear()
        shown = state.comparing.shown
        self._entry(menu, f"What is shown: {shown.title}", state.comparing.add_shown)
        menu.addSeparator()
        self._experiments(menu.addMenu("Experiments with weights"))
        self._runs(menu.addMenu("Runs"))
        self._moments(menu.addMenu("Moments of the shown run"))
        menu.addSeparator()
        for each in ready_made(state.library):
            compare = partial(compare_all, state, each)
            self._entry(menu, each.title, compare, each.lacking)

    def _entry(
        self, menu: QMenu, text: str, do: Callable[[], object], lacking: str = "", tip: str = ""
    ) -> None:
        """One line; with what it lacks it is out of reach, and says why."""
        action = menu.addAction(text.replace("&", "&&"))
        action.setEnabled(not lacking)
        action.setToolTip(plain(lacking or tip or text))
        action.triggered.connect(lambda: do())

    def _add(self, menu: QMenu, model: DisplayedModel, text: str, step: int | None = None) -> None:
        add = partial(self._state.comparing.add, Compared(model.recipe, model.path, step))
        path = "" if model.path is None else str(model.path)
        self._entry(menu, text, add, tip=path)

    def _experiments(self, menu: QMenu) -> None:
        for recipe in CATALOGUE.values():
            model = self._state.library.weights_of(recipe)
            if model.path is not None:
                self._add(menu, model, short_title(recipe))
        menu.setEnabled(not menu.isEmpty())

    def _runs(self, menu: QMenu) -> None:
        library = self._state.library
        runs = [run for recipe in CATALOGUE.values() for run in library.entry(recipe).runs]
        runs.sort(key=lambda run: run.began, reverse=True)
        for run in runs[:MOST_RUNS]:
            text = f"{short_title(run.recipe)} · {run.path.name}, step {run.step:,}"
            self._add(menu, DisplayedModel(run.recipe, run.path), text)
        menu.setEnabled(bool(runs))

    def _moments(self, menu: QMenu) -> None:
        model, moments = self._state.displayed.model, self._state.time.moments
        if moments and model.is_run:
            last = moments[-1].step
            for word, part in PARTS:
                near = min(moments, key=lambda moment: abs(moment.step - part * last))
                self._add(menu, model, f"The {word}: step {near.step:,}", near.step)
            self._add(menu, model, "Now: the newest weights")
        menu.setEnabled(bool(moments) and model.is_run)


def compare_all(state: StudioState, ready: ReadyMade) -> None:
    """A ready-made comparison, and one of its models shown: its test images, its sliders."""
    state.comparing.set(ready.models)
    if ready.models and not any(map(state.comparing.is_shown, ready.models)):
        model = ready.models[min(1, len(ready.models) - 1)]
        state.library.choose(DisplayedModel(model.recipe, model.path))


def choices_button(state: StudioState, parent: QObject) -> QToolButton:
    """The button `compareAdd` with that menu."""
    button = QToolButton()
    button.setText("Add")
    theme.set_icon(button, "plus")
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setObjectName("compareAdd")
    button.setProperty("flat", True)
    button.setToolTip(plain(f"Another model beside these, {MOST} at the most (C: what is shown)"))
    CompareChoices(state, button, parent)
    return button
