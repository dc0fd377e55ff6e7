"""The one source of truth for the window: recipe, state, inputs, probe. No torch, no threads.

Views show it and call its methods; what it wants done it asks for by its `...Wanted` signals,
which the composition root connects to the threads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from iae_studio.state.explorer import Explorer
from trainer.messages import Failed, Floats, Progress
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe


class State(Enum):
    """What the training thread is doing."""

    STARTING = "starting"  # the engine loads
    IDLE = "idle"
    LOADING = "loading"  # data and networks
    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


POINTS_TAKE_NO_IMAGES = (
    "This model is about points in the plane: choose one of images at the left, then open yours."
)


@dataclass(frozen=True)
class Shown:
    """Which weights the window shows: a file or run folder, the running training, or fresh ones."""

    recipe: Recipe
    path: Path | None = None
    live: bool = False


@dataclass(frozen=True)
class Message:
    """A line above the grid. `action` names what its one button does, if it has one."""

    text: str
    error: bool = False
    action: str = ""
    label: str = ""


class Session(Explorer):
    """Everything the window shows, and what a user can do to it."""

    stateChanged = Signal(State)
    recipeChanged = Signal(Recipe)
    shownChanged = Signal(Shown)
    progressed = Signal(Progress)
    curvesLoaded = Signal(object)
    messageChanged = Signal(object)
    logged = Signal(str)
    runsChanged = Signal()

    actionWanted = Signal(str)  # of a message's button
    trainingWanted = Signal(Recipe, object, str)  # recipe, run to go on with, device
    commandWanted = Signal(str)  # pause, go, step, stop, save

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(CATALOGUE["drawn-10"], parent)
        self.state = State.STARTING
        self.shown = Shown(self.recipe)
        self.training_recipe: Recipe | None = None
        self.run_path: Path | None = None
        self.device = "auto"
        self.message: Message | None = None

    # ---- which model -------------------------------------------------------------------------

    def select(self, shown: Shown) -> None:
        """Show a recipe's weights. Training goes on, whatever is shown."""
        changed = shown.recipe != self.recipe
        if changed and self.state in (State.FAILED, State.FINISHED):
            self.set_state(State.IDLE)
        if changed:
            self.tell(None)  # what was said was about another model
        self.shown = shown
        self.look_with(shown.recipe)
        self.recipeChanged.emit(self.recipe)
        self.shownChanged.emit(shown)
        self.noiseChanged.emit()
        self._oldest = self._stamp + 1
        self._ask()
        if self.state is not State.STARTING:
            self.renew_tests()

    @property
    def busy(self) -> bool:
        """Whether a training is under way, running or paused."""
        return self.state in (State.LOADING, State.TRAINING, State.PAUSED)

    def open_model(self, recipe: Recipe, path: Path) -> None:
        """Show a model file or a run folder that was opened or dropped."""
        self.select(Shown(recipe, path))
        self.tell(Message(f"Showing {path.name}, a model of {recipe.name}."))

    def open_files(self, paths: list[Path]) -> None:
        """Decode files and folders off this thread; they come back by `add_inputs`."""
        if self.recipe.two_dimensional and paths:
            self.complain(POINTS_TAKE_NO_IMAGES)
        elif paths:
            self.filesWanted.emit(paths, self.sight)

    def save_sheet(self, path: Path) -> None:
        """Write what the grid shows as one PNG."""
        if self.recipe.two_dimensional:
            self.complain("Points have no sheet: choose a model of images first.")
        elif self.shows_clusters and self.clusters is None:
            self.complain("There is nothing to save yet: the clusters are on their way.")
        elif not self.shows_clusters and (self.rendering is None or not self.rendered_inputs):
            self.complain("There is nothing to save yet: open an image first.")
        else:
            self.sheetWanted.emit(path)

    def use_own_images(self, recipe: Recipe) -> None:
        """Show a recipe on the user's own images, ready to train."""
        self.select(Shown(recipe))
        names = " and ".join(Path(p).name for p in (recipe.data.images, recipe.data.images_b) if p)
        self.tell(Message(f"{recipe.about.title}, on the images in {names}: press Train."))

    # ---- training ----------------------------------------------------------------------------

    def start_training(self, anew: bool = False) -> None:
        """Train the shown recipe: a shown run goes on unless `anew`, else a new run begins."""
        if self.state is State.PAUSED:
            self.commandWanted.emit("go")
        elif not self.busy and self.state is not State.STARTING:
            path = self.shown.path
            run = path if not anew and path is not None and path.is_dir() else None
            self.training_recipe, self.run_path = self.recipe, run
            self.set_state(State.LOADING)
            self.trainingWanted.emit(self.recipe, run, self.device)

    def toggle_pause(self) -> None:
        if self.state is State.TRAINING:
            self.commandWanted.emit("pause")
        elif self.state is State.PAUSED:
            self.commandWanted.emit("go")

    def command(self, name: str) -> None:
        """step, stop or save: only a training that is under way hears it."""
        if self.busy:
            self.commandWanted.emit(name)

    def training_began(self, path: Path, curves: Floats) -> None:
        """The networks are built; show the live weights, and the losses so far."""
        self.run_path = path
        self.curvesLoaded.emit(curves)
        self.runsChanged.emit()
        if self.training_recipe is not None and self.recipe == self.training_recipe:
            self.select(Shown(self.recipe, path, live=True))

    def set_state(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.stateChanged.emit(state)

    def training_ended(self) -> None:
        """What was live is now a run on disk."""
        if self.shown.live:
            self.shown = replace(self.shown, live=False)
            self.shownChanged.emit(self.shown)
        self.runsChanged.emit()

    # ---- messages ----------------------------------------------------------------------------

    def tell(self, message: Message | None) -> None:
        """Show a line above the grid, or take it away."""
        self.message = message
        if message is not None:
            self.logged.emit(message.text)
        self.messageChanged.emit(message)

    def complain(self, text: str) -> None:
        """Tell of bad input; nothing else changes."""
        self.tell(Message(text, error=True))

    def act(self) -> None:
        """Do what the message's button says."""
        if self.message is not None and self.message.action:
            action = self.message.action
            self.tell(None)
            self.actionWanted.emit(action)

    def fail(self, failed: Failed) -> None:
        """Something went wrong: say what, and what to do; the trace goes to the log."""
        action, label = ("folder", "Choose a folder…") if failed.data_missing else ("", "")
        self.tell(Message(str(failed), True, action, label))
        if failed.trace:
            self.logged.emit(failed.trace)
