"""The losses of the run that trains, since it was saved last: those are not on the disk yet."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from iae_studio.state.training import Training
from trainer.exploring.questions.comparing import Curves
from trainer.messages import LOSSES, Floats, Progress

POLITE = 1000  # ms between two drawings of what trains
MOST = 20_000  # reports


class FreshLosses(QObject):
    """A point for each report of the training."""

    grown = Signal()

    def __init__(self, training: Training, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._run: Path | None = None
        self._steps: list[float] = []
        self._values: list[Floats] = []
        self._timer = QTimer(self, singleShot=True, interval=POLITE)
        self._timer.timeout.connect(self.grown)
        training.progressed.connect(self._append)

    def _append(self, progress: Progress) -> None:
        if self._run != self._training.run_path:
            self._run = self._training.run_path
            self._steps, self._values = [], []
        count = len(progress.losses)
        if not count:
            return
        row = np.full(len(LOSSES), np.nan, np.float32)
        known = [place for place, name in enumerate(progress.names) if name in LOSSES]
        places = [LOSSES.index(progress.names[place]) for place in known]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of a loss that was not computed
            row[places] = np.nanmean(progress.losses[:, known], 0)
        while self._steps and self._steps[-1] > progress.step - count:
            # Of steps that are gone: it goes on from the checkpoint before them.
            self._steps.pop()
            self._values.pop()
        self._steps.append(progress.step - (count - 1) / 2)
        self._values.append(row)
        del self._steps[:-MOST], self._values[:-MOST]
        if not self._timer.isActive():
            self._timer.start()

    def after(self, run: Path | None, saved: Curves | None) -> Curves | None:
        """The losses of a run that were saved, and those since; None where there are none."""
        last = 0 if saved is None else saved.last
        fresh = [k for k, step in enumerate(self._steps) if step > last]
        if not fresh or run is None or run != self._run:
            return saved
        steps = np.array([self._steps[k] for k in fresh])
        values = np.stack([self._values[k] for k in fresh])
        end = int(np.ceil(steps[-1]))
        if saved is None:
            return Curves(steps, values, end)
        steps = np.concatenate([saved.steps, steps])
        return Curves(steps, np.concatenate([saved.values, values]), end)
