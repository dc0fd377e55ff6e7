"""Asks what lies on the disk about the compared models: losses and measures."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from iae_studio.state.comparing import Compared
from iae_studio.state.studio_state import StudioState
from trainer.exploring.questions.comparing import Known, WhatIsKnown

SELDOM = 60_000  # ms between two looks at what trains: a long run's losses are a large file


class CompareKnown(QObject):
    """While it looks: anew when other models are compared, and when one of them was saved."""

    changed = Signal()

    def __init__(self, state: StudioState, kind: str, parent: QObject | None = None) -> None:
        """`kind` is that of its questions."""
        super().__init__(parent)
        self._state, self._kind, self._looks = state, kind, False
        self._known: dict[Compared, Known] = {}
        state.comparing.changed.connect(self._exchange)
        self._soon = QTimer(self, singleShot=True, interval=SELDOM)
        self._soon.timeout.connect(self.ask)
        state.training.runChanged.connect(self.ask)
        state.training.checkpointSaved.connect(self._saved)
        state.displayed.selected.connect(self.ask)

    def look(self) -> None:
        """It is to be seen."""
        self._looks = True
        self.ask()

    def look_away(self) -> None:
        """It is not, and nothing is asked."""
        self._looks = False
        self._state.asking.cancel(self._kind)

    def of(self, model: Compared) -> Known | None:
        """What is known of a model; None while that is on its way."""
        return self._known.get(model)

    def ask(self) -> None:
        """Look at the disk."""
        models = self._state.comparing.models
        if self._looks and models:
            question = WhatIsKnown(tuple((model.path, model.step) for model in models))
            self._state.asking.ask(question, partial(self._take, models), kind=self._kind)

    def _saved(self, run: Path) -> None:
        """What is fresh is kept for a while only: in a long training the disk has the rest."""
        compared = any(model.path == run for model in self._state.comparing.models)
        if compared and self._looks and not self._soon.isActive():
            self._soon.start()

    def _exchange(self) -> None:
        self.ask()
        self.changed.emit()

    def _take(self, models: tuple[Compared, ...], found: tuple[Known, ...]) -> None:
        self._known = dict(zip(models, found, strict=True))
        self.changed.emit()
