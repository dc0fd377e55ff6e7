"""The panel of the runs, which keys reach while it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from iae_studio.state.run_shelf import RunShelf
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.actions import act
from iae_studio.views.late_panel import LatePanel

if TYPE_CHECKING:
    from iae_studio.views.runs import RunsView


class RunsPanel(LatePanel):
    """Holds the runs, once they are looked at."""

    def __init__(self, state: StudioState, submit: Submit, parent: QWidget | None = None) -> None:
        self._state, self.shelf = state, RunShelf(state, submit)
        super().__init__(self._view, parent)
        self.shelf.setParent(self)
        tip = "By name, note, experiment, or an option: seed=3"
        act(self, "Runs", "Search the runs", "Ctrl+F", self._search, tip)
        tip = "Of the chosen run, else of what is shown: the same experiment with other options"
        act(self, "Runs", "Duplicate with changes…", "Ctrl+Alt+D", self._duplicate, tip)

    def _view(self) -> RunsView:
        from iae_studio.views.runs import RunsView

        return RunsView(self._state, self.shelf)

    def _search(self) -> None:
        from iae_studio.views.runs import RunsView

        view = self.bring_forward()
        if isinstance(view, RunsView):
            view.trash.closed.emit()
            view.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            view.search.selectAll()

    def _duplicate(self) -> None:
        from iae_studio.views.runs import RunsView

        view = self.content
        if isinstance(view, RunsView) and view.isVisible():
            view.duplicate()
        else:
            self.shelf.duplicate(self._state.displayed.recipe)
