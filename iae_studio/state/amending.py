"""Changing a run while it goes on: which run, what it goes by, and what was changed in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from iae_studio.state.messages import Message, Messages
from iae_studio.state.training import State, Training
from trainer.data.amending import Amend
from trainer.data.amendments import Amendments
from trainer.messages import Progress
from trainer.recipe.recipe import Recipe

NO_RUN = (
    "Rates and weights are changed in a run, and kept with it: this model is no run yet. Press "
    "Train, then change them at any time."
)
LOADING = "The run is loading: change it once it trains."


@dataclass(frozen=True)
class Amended:
    """A run that can be amended: the recipe that it began with, and what was amended in it."""

    run: Path
    recipe: Recipe
    amendments: Amendments
    step: int  # the one that comes next, as far as is known
    trains: bool  # here, and now

    @property
    def now(self) -> Recipe:
        """The recipe in force; of one that went further than its checkpoint, as of that."""
        return self.amendments.recipe_at(self.recipe, None if self.trains else self.step)


class Amending(QObject):
    """What is wanted of the displayed run: by the thread that trains it, or by a job."""

    changed = Signal()  # what is amended in some run is known now, or is another
    readWanted = Signal(object)  # the folder of a run that rests; it comes back by `known`
    writeWanted = Signal(object, object)  # the same, and options; it comes back by `heard`

    def __init__(
        self,
        displayed: Displayed,
        training: Training,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._displayed, self._training, self._messages = displayed, training, messages
        self._known: dict[Path, Amendments] = {}
        self._steps: dict[Path, int] = {}
        training.progressed.connect(self._progressed)
        training.checkpointSaved.connect(self._saved)

    # ---- which run ---------------------------------------------------------------------------

    def trains(self) -> bool:
        """Whether the run that is meant is the one that trains."""
        model, training = self._displayed.model, self._training
        mine = model.live or (model.is_run and model.path == training.run_path)
        return training.started and (mine or not model.is_run)

    def run(self) -> Path | None:
        """The run that is meant: the displayed one, or where none is, the one that trains."""
        model = self._displayed.model
        if self.trains():
            return self._training.run_path
        return model.path if model.is_run else None

    def look(self) -> bool:
        """Find out what was amended in the run that is meant; says why where there is none."""
        model, training = self._displayed.model, self._training
        if training.state is State.LOADING and model.recipe == training.recipe:
            self._messages.show_message(Message(LOADING))
            return False
        run = self.run()
        if run is None:
            self._messages.show_message(Message(NO_RUN))
            return False
        if not self.trains():
            self.readWanted.emit(run)
        return True

    def refresh(self) -> None:
        """Another run may be meant by now, or another thread have it."""
        run = self.run()
        if run is not None and not self.trains() and self._training.state is not State.LOADING:
            self.readWanted.emit(run)

    def target(self) -> Amended | None:
        """The run that is meant, once what was amended in it is known."""
        run, trains = self.run(), self.trains()
        recipe = self._training.recipe if trains else self._displayed.recipe
        if run is None or recipe is None or run not in self._known:
            return None
        return Amended(run, recipe, self._known[run], self._steps.get(run, 0), trains)

    def of(self, run: Path | None) -> Amendments:
        """What is known to be amended in a run."""
        return Amendments() if run is None else self._known.get(run, Amendments())

    # ---- what is wanted, and heard -----------------------------------------------------------

    def decide(self, options: Mapping[str, object]) -> None:
        """Change options, by path, from the next step on."""
        run = self.run()
        if run is None or not options:
            return
        if self.trains():
            self._training.commandWanted.emit(Amend(dict(options)))
        else:
            self.writeWanted.emit(run, dict(options))

    def heard(self, run: Path, amendments: Amendments) -> None:
        """A run goes by these now; what is new is told in the log."""
        before = self._known.get(run)
        if before is not None:
            for each in amendments.all:
                if each not in before.all:
                    self._messages.logged.emit(f"{run.name}, {each}.")
        self.known(run, amendments, None)

    def known(self, run: Path, amendments: Amendments, step: int | None) -> None:
        """What was amended in a run, and at which step it rests."""
        self._known[run] = amendments
        if step is not None:
            self._steps[run] = step
        self.changed.emit()

    def _progressed(self, progress: Progress) -> None:
        if self._training.run_path is not None:
            self._steps[self._training.run_path] = progress.step

    def _saved(self, run: Path, step: int) -> None:
        self._steps[run] = step
