"""What trains: its state, its run, its progress; and the commands it is given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed, DisplayedModel
from iae_studio.state.messages import (
    DISCARD,
    SAVE_ELSEWHERE,
    UNSAVED,
    Message,
    Messages,
    MovedImages,
    short,
)
from iae_studio.state.smaller_batch import out_of_memory
from trainer.messages import Failed, Floats, Progress
from trainer.recipe.recipe import Recipe

UNDER_WAY = "A training is under way: stop it first (Ctrl+.), or queue a new run (Ctrl+Shift+T)."


class State(Enum):
    """What the training thread is doing."""

    STARTING = "starting"  # the engine loads
    IDLE = "idle"
    LOADING = "loading"  # data and networks
    TRAINING = "training"
    PAUSED = "paused"
    UNSAVED = "unsaved"  # kept in memory, paused: it could not be saved
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class Loading:
    """How many images of how many are loaded."""

    done: int
    total: int


class Training(QObject):
    """The training that is under way, or the next one."""

    stateChanged = Signal(State)
    progressed = Signal(Progress)
    curvesLoaded = Signal(object)  # float32 [steps, losses]
    loadingMoved = Signal(object)  # Loading | None
    runChanged = Signal()  # it began, was saved, or ended: the library has another run
    wanted = Signal(Recipe, object)  # the run to go on with, or None
    checkpointSaved = Signal(object, int)  # the run, and the step
    # pause, go, step, stop, save, discard; a folder to save in; a Change of what is set aside;
    # options to Amend
    commandWanted = Signal(object)

    def __init__(
        self, displayed: Displayed, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._displayed, self._messages = displayed, messages
        self.state = State.STARTING
        self.recipe: Recipe | None = None
        self.run_path: Path | None = None
        self.loading: Loading | None = None
        self.why = ""  # it failed
        self._has_learned = False  # the run: a step, here or before
        self._looks = True  # who began it wants to see it
        self.progressed.connect(self._note)

    @property
    def busy(self) -> bool:
        """Whether a training is under way, running or not."""
        return self.state in (State.LOADING, State.TRAINING, State.PAUSED, State.UNSAVED)

    @property
    def started(self) -> bool:
        """Whether there are networks that train, or could go on."""
        return self.busy and self.state is not State.LOADING

    # ---- what the user wants -----------------------------------------------------------------

    def start(self, anew: bool = False) -> None:
        """Train the displayed recipe: its run goes on unless `anew`, else a new run begins."""
        if anew and self.busy:
            self._messages.show_message(Message(UNDER_WAY))
        elif self.started and self.state is not State.TRAINING:
            self.commandWanted.emit("go")
        else:
            model = self._displayed.model
            self.begin(model.recipe, model.path if model.is_run and not anew else None)

    def begin(self, recipe: Recipe, run: Path | None, look: bool = True) -> None:
        """Train a recipe in a new run, or go on with `run`, where nothing trains.

        Unless `look`, the weights that are displayed stay, be they of an equal recipe.
        """
        if not self.busy and self.state is not State.STARTING:
            self.recipe, self.run_path, self.why = recipe, run, ""
            self._has_learned, self._looks = run is not None, look
            self._messages.turn_away()
            self.set_state(State.LOADING)
            self.wanted.emit(recipe, run)

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.state is State.TRAINING:
            self.commandWanted.emit("pause")
        elif self.started:
            self.commandWanted.emit("go")

    def command(self, name: str) -> None:
        """step, stop, save or discard: only a training or a loading under way hears it."""
        if self.busy or self.loading is not None:
            self.commandWanted.emit(name)

    def save_in(self, folder: Path) -> None:
        """Save what could not be saved in another folder, and end."""
        if self.state is State.UNSAVED:
            self.commandWanted.emit(folder)

    # ---- what the training thread says -------------------------------------------------------

    def set_state(self, state: State) -> None:
        if state is not State.LOADING:
            self.set_loading(None)
        if state is not self.state:
            if self.state is State.UNSAVED:
                self._messages.withdraw(UNSAVED)
            self.state = state
            self.stateChanged.emit(state)

    def engine_ready(self) -> None:
        if self.state is State.STARTING:
            self.set_state(State.IDLE)

    def engine_broken(self) -> None:
        self.set_state(State.FAILED)

    def forget_outcome(self) -> None:
        """Another recipe is displayed: how the last training ended is no longer of interest."""
        if self.state in (State.FAILED, State.FINISHED):
            self.set_state(State.IDLE)

    def _note(self, progress: Progress) -> None:
        self._has_learned = progress.step > 0

    def set_loading(self, loading: Loading | None) -> None:
        """How far the data are loaded; None when nothing loads."""
        if loading != self.loading:
            self.loading = loading
            self.loadingMoved.emit(loading)

    def began(self, path: Path, recipe: Recipe, curves: Floats) -> None:
        """The networks are built; show the live weights, and the losses so far.

        The run's recipe is the one that was asked for, with what only its data could tell.
        """
        shown = self._displayed.model
        follows = self._looks or shown.path in (None, path)
        follows = follows and shown.recipe == self.recipe
        self.recipe, self.run_path = recipe, path
        self.curvesLoaded.emit(curves)
        self.runChanged.emit()
        if follows:
            self._displayed.select(DisplayedModel(recipe, path, live=True))

    def left_out(self, told: str) -> None:
        """Some of the user's images are not trained on."""
        data = None if self.recipe is None else self.recipe.data
        for place in filter(None, () if data is None else (data.images, data.images_b)):
            name = Path(place).name
            told = told.replace(f"{name}: ", f"{short(name)}: ")
        self._messages.show_message(Message(f"Training on {told}"))

    def failed(self, failed: Failed) -> None:
        """What went wrong; whose images are gone from where they were is asked where they are."""
        self.why = str(failed)
        if failed.gone:
            moved = MovedImages(failed.gone, self.run_path, go_on=True)
            self._messages.show_message(moved.message(str(failed)))
        elif failed.memory_full and self.recipe is not None:
            run = self.run_path if self._has_learned else None
            self._messages.show_message(out_of_memory(str(failed), self.recipe, run))
            self._messages.logged.emit(failed.trace)
        else:
            self._messages.show_failure(failed)

    def saved(self, path: Path, step: int) -> None:
        """A checkpoint was written: into the run, or elsewhere on request."""
        self._messages.logged.emit(f"Saved step {step:,} in {path}.")
        self._messages.withdraw(UNSAVED)  # whatever state it was said in
        if self.state is State.UNSAVED:
            self._messages.show_message(Message(f"Saved step {step:,} in {path}."))
        self.run_path = path
        self.checkpointSaved.emit(path, step)

    def could_not_save(self, why: str) -> None:
        """The training is paused and stays in memory until it is saved, goes on or is discarded."""
        text = f"The training waits: press Save to try again, or save it elsewhere. {why}"
        self._messages.show_message(Message(text, True, (SAVE_ELSEWHERE, DISCARD), UNSAVED))

    def ended(self) -> None:
        """What was live is now a run on disk."""
        self._displayed.end_live(self.run_path)
        self.runChanged.emit()
