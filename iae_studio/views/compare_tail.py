"""The losses of the run that trains, since it was saved last: those are not on the disk yet."""

from __future__ import annotations

import warnings

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from iae_studio.state.comparing import Compared
from iae_studio.state.studio_state import StudioState
from trainer.exploring.questions.comparing import Curves
from trainer.messages import LOSSES, Floats, Progress

POLITE = 1000  # ms between two drawings of what trains
MOST = 20_000  # reports


class CompareTail(QObject):
    """A point for each report, where the run that trains is compared at its newest weights."""

    grown = Signal()

    def __init__(self, state: StudioState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._training, self._comparing = state.training, state.comparing
        self._steps: list[float] = []
        self._values: list[Floats] = []
        self._run = state.training.run_path
        self._timer = QTimer(self, singleShot=True, interval=POLITE)
        self._timer.timeout.connect(self.grown)
        state.training.progressed.connect(self._append)

    def _append(self, progress: Progress) -> None:
        if self._run != self._training.run_path:
            self._run = self._training.run_path
            self._steps, self._values = [], []
        count = len(progress.losses)
        if not count or not any(map(self._trains, self._comparing.models)):
            return
        row = np.full(len(LOSSES), np.nan, np.float32)
        places = [LOSSES.index(name) for name in progress.names]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of a loss that was not computed
            row[places] = np.nanmean(progress.losses, 0)
        self._steps.append(progress.step - (count - 1) / 2)
        self._values.append(row)
        del self._steps[:-MOST], self._values[:-MOST]
        if not self._timer.isActive():
            self._timer.start()

    def _trains(self, model: Compared) -> bool:
        return model.is_run and model.step is None and model.path == self._training.run_path

    def after(self, model: Compared, saved: Curves | None) -> Curves | None:
        """The losses that were saved, and those since; None where there are none."""
        last = 0 if saved is None else saved.last
        fresh = [k for k, step in enumerate(self._steps) if step > last]
        if not fresh or not self._trains(model):
            return saved
        steps = np.array([self._steps[k] for k in fresh])
        values = np.stack([self._values[k] for k in fresh])
        end = int(np.ceil(steps[-1]))
        if saved is None:
            return Curves(steps, values, end)
        return Curves(
            np.concatenate([saved.steps, steps]), np.concatenate([saved.values, values]), end
        )
