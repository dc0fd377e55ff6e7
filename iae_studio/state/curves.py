"""Whose losses are shown: those of the displayed run, and of the runs that it is kin to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from iae_studio.state.training import State, Training
from trainer.messages import Floats


@dataclass(frozen=True, eq=False)
class Kin:
    """The losses of a run that another one began from, or that began from it."""

    name: str
    steps: npt.NDArray[np.float64]  # [places]
    values: npt.NDArray[np.float64]  # [places, losses]


@dataclass(frozen=True, eq=False)
class Family:
    """What the disk knows of a run's losses."""

    run: Path
    rows: Floats  # [steps, losses], of its last checkpoint
    kin: tuple[Kin, ...] = ()
    problem: str = ""  # why its losses cannot be read


class Curves(QObject):
    """Which losses the plot is about.

    The displayed run's. Where no run is displayed, those of the training that is under way.
    """

    changed = Signal()  # which losses are shown
    readWanted = Signal(object)  # a run folder: its `Family` comes back by `set_family`

    def __init__(
        self, displayed: Displayed, training: Training, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._displayed, self._training = displayed, training
        self.family: Family | None = None  # of the displayed run
        self._run: Path | None = None
        self._told = self._loads = False  # a training told its losses; another one has yet to
        training.curvesLoaded.connect(lambda _: self._hear())
        displayed.changed.connect(lambda _: self._follow())
        training.stateChanged.connect(self._state_changed)

    @property
    def trains(self) -> bool:
        """Whether the losses of the training are shown, which may be over."""
        training, model = self._training, self._displayed.model
        if model.is_run:
            return model.live or (model.path == training.run_path and not self._loads)
        told = training.started or (training.busy and not self._told)
        return told or training.recipe is None

    @property
    def elsewhere(self) -> str:
        """The recipe that trains while another model is displayed; else empty."""
        training, model = self._training, self._displayed.model
        if not training.busy or training.recipe is None or model.live:
            return ""
        same = model.path == training.run_path if model.is_run else model.recipe == training.recipe
        return "" if same else training.recipe.name

    def set_family(self, family: Family) -> None:
        """What was read; not of interest if another run is displayed by now."""
        if family.run == self._run:
            self.family = family
            self.changed.emit()

    def _hear(self) -> None:
        self._told, self._loads = True, False
        self.changed.emit()

    def _state_changed(self, state: State) -> None:
        if state is State.LOADING:
            self._loads = True
        self._follow()

    def _follow(self) -> None:
        model = self._displayed.model
        run = model.path if model.is_run else None
        if run != self._run:
            self._run, self.family = run, None
            if run is not None:
                self.readWanted.emit(run)
        self.changed.emit()
