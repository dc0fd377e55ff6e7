"""The panel of the queue: its tab counts what waits, and keys reach it while it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.views.actions import act
from iae_studio.views.late_panel import LatePanel

if TYPE_CHECKING:
    from iae_studio.views.queue import QueueView

TITLE = "Queue"


class QueuePanel(LatePanel):
    """Holds the queue, once it is looked at."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(self._view, parent)
        self._state, self._queue = state, state.queue
        add, tip = state.queue.add_displayed, "What is shown is trained after all that waits"
        self._next = act(self, "Training", "Train ne&xt", "Ctrl+Shift+T", add, tip)
        tip = "A new run of what is shown for each seed"
        self._seeds = act(self, "Training", "Train with see&ds…", "Ctrl+Alt+S", self._ask, tip)
        state.queue.changed.connect(self._count)

    def _view(self) -> QueueView:
        from iae_studio.views.queue import QueueView

        return QueueView(self._state)

    def menu(self) -> list[QAction]:
        """What adds to the queue, for a menu."""
        return [self._next, self._seeds]

    def event(self, event: QEvent) -> bool:
        """In its dock it may name the tab."""
        if event.type() == QEvent.Type.Polish:
            self._count()
        return bool(super().event(event))

    def _count(self) -> None:
        dock, count = self.dock(), len(self._queue.coming)
        title = f"{TITLE} ({count})" if count else TITLE
        if dock is not None and dock.windowTitle() != title:
            dock.setWindowTitle(title)

    def _ask(self) -> None:
        view = cast("QueueView", self.bring_forward())
        view.seeds.setFocus(Qt.FocusReason.ShortcutFocusReason)
