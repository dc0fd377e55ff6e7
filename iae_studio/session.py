"""The one source of truth for the window: recipe, state, inputs, probe. No torch, no threads.

Views show it and call its methods; what it wants done it asks for by its `...Wanted` signals,
which the composition root connects to the threads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from iae_studio.inputs import Input
from trainer.messages import (
    Cloud,
    Failed,
    Floats,
    ModelFacts,
    Probe,
    Progress,
    Rendering,
    column_seeds,
)
from trainer.recipes import CATALOGUE, Recipe

COLUMNS = 8
MAX_INPUTS = 64
MAX_SEED = 999_999
SKETCH = "your drawing"


class State(Enum):
    """What the training thread is doing."""

    STARTING = "starting"  # the engine loads
    IDLE = "idle"
    LOADING = "loading"  # data and networks
    TRAINING = "training"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


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


class Session(QObject):
    """Everything the window shows, and what a user can do to it."""

    stateChanged = Signal(State)
    recipeChanged = Signal(Recipe)
    shownChanged = Signal(Shown)
    factsChanged = Signal(ModelFacts)
    inputsChanged = Signal()
    noiseChanged = Signal()
    probeChanged = Signal(Probe)
    rendered = Signal(Rendering)
    clouded = Signal(Cloud)
    progressed = Signal(Progress)
    curvesLoaded = Signal(object)
    messageChanged = Signal(object)
    logged = Signal(str)
    runsChanged = Signal()

    actionWanted = Signal(str)  # of a message's button
    sheetWanted = Signal(object)  # Path
    filesWanted = Signal(object)  # list[Path]
    testImagesWanted = Signal(Recipe, int)  # recipe, seed
    sketchWanted = Signal(object)  # uint8 [H, W]
    trainingWanted = Signal(Recipe, object, str)  # recipe, run to go on with, device
    commandWanted = Signal(str)  # pause, go, step, stop, save

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = State.STARTING
        self.recipe = CATALOGUE["drawn-10"]
        self.shown = Shown(self.recipe)
        self.facts: ModelFacts | None = None
        self.inputs: list[Input] = []
        self.training_recipe: Recipe | None = None
        self.run_path: Path | None = None
        self.device = "auto"
        self.message: Message | None = None
        self.rendering: Rendering | None = None
        self.rendered_inputs: tuple[Input, ...] = ()  # those that `rendering` is about
        self.seed = 0
        self.noise_scale = 1.0
        self.seeds = column_seeds(self.seed, COLUMNS)
        self.locked: frozenset[int] = frozenset()
        self.code_offsets: tuple[float, ...] = ()
        self.raw_code = False
        self.noise_offsets: tuple[float, ...] = ()
        self._tests = 0
        self._kept = 0
        self._stamp = 0
        self._oldest = 0  # answers to earlier questions are about other images or models

    # ---- which model -------------------------------------------------------------------------

    def select(self, shown: Shown) -> None:
        """Show a recipe's weights. Training goes on, whatever is shown."""
        changed = shown.recipe != self.recipe
        if changed and self.state in (State.FAILED, State.FINISHED):
            self.set_state(State.IDLE)
        if changed:
            self.tell(None)  # what was said was about another model
        self.recipe, self.shown = shown.recipe, shown
        self.rendering = None
        if changed:
            self.code_offsets, self.noise_offsets = (), ()
            self.noise_scale = 1.0
        self.recipeChanged.emit(self.recipe)
        self.shownChanged.emit(shown)
        self.noiseChanged.emit()
        self._oldest = self._stamp + 1
        self._ask()

    @property
    def busy(self) -> bool:
        """Whether a training is under way, running or paused."""
        return self.state in (State.LOADING, State.TRAINING, State.PAUSED)

    def open_model(self, recipe: Recipe, path: Path) -> None:
        """Show a model file or a run folder that was opened or dropped."""
        self.select(Shown(recipe, path))
        self.tell(Message(f"Showing {path.name}, a model of {recipe.name}."))

    def set_facts(self, facts: ModelFacts) -> None:
        """The render thread loaded a model, or newer weights of it."""
        known = self.facts
        self.facts = facts
        if known is None or known != replace(facts, step=known.step):
            self.factsChanged.emit(facts)

    # ---- inputs ------------------------------------------------------------------------------

    def open_files(self, paths: list[Path]) -> None:
        """Decode files and folders off this thread; they come back by `add_inputs`."""
        if paths:
            self.filesWanted.emit(paths)

    def add_inputs(self, inputs: list[Input]) -> None:
        """New images go on top; the oldest fall off the end."""
        if inputs:
            self._set_inputs([*inputs, *self.inputs])

    def replace_tests(self, inputs: list[Input]) -> None:
        """New test images in place of the old ones; what the user brought stays, above them."""
        kept = [known for known in self.inputs if not known.test]
        self._set_inputs([*kept, *inputs])

    def set_sketch(self, drawing: Input | None) -> None:
        """The drawing is one row, at the top, that follows the pen."""
        rest = [known for known in self.inputs if known.name != SKETCH]
        self._set_inputs(([drawing] if drawing else []) + rest)

    def keep_sketch(self) -> None:
        """Let the drawing stay as a row of its own; the pad is free for another."""
        self._kept += 1
        named = f"drawing {self._kept}"
        self._set_inputs([replace(k, name=named) if k.name == SKETCH else k for k in self.inputs])

    def remove_input(self, row: int) -> None:
        if 0 <= row < len(self.inputs):
            self._set_inputs(self.inputs[:row] + self.inputs[row + 1 :])

    def clear_inputs(self) -> None:
        self._set_inputs([])

    def _set_inputs(self, inputs: list[Input]) -> None:
        self.inputs = inputs[:MAX_INPUTS]
        self._oldest = self._stamp + 1
        self.inputsChanged.emit()
        self._ask()

    def save_sheet(self, path: Path) -> None:
        """Write what the grid shows as one PNG."""
        if self.rendering is None or not self.rendered_inputs:
            self.complain("There is nothing to save yet: open an image first.")
        else:
            self.sheetWanted.emit(path)

    def want_test_images(self) -> None:
        """Other test images each time."""
        self.testImagesWanted.emit(self.recipe, self._tests)
        self._tests += 1

    # ---- noise and code ----------------------------------------------------------------------

    def set_seed(self, seed: int) -> None:
        """New noise vectors, a function of the seed, in all columns that are not locked."""
        self.seed = seed % (MAX_SEED + 1)
        fresh = column_seeds(self.seed, COLUMNS)
        self.seeds = tuple(
            self.seeds[column] if column in self.locked else fresh[column]
            for column in range(COLUMNS)
        )
        self.noiseChanged.emit()
        self._ask()

    def resample(self) -> None:
        """The next seed."""
        self.set_seed(self.seed + 1)

    def toggle_lock(self, column: int) -> None:
        """A locked column keeps its noise vector when the others are resampled."""
        if 0 <= column < COLUMNS:
            self.locked ^= {column}
            self.noiseChanged.emit()

    def set_noise_scale(self, scale: float) -> None:
        if scale != self.noise_scale:
            self.noise_scale = scale
            self._ask()

    def set_noise_offsets(self, offsets: tuple[float, ...]) -> None:
        if offsets != self.noise_offsets:
            self.noise_offsets = offsets
            self._ask()

    def set_code_offsets(self, offsets: tuple[float, ...]) -> None:
        if offsets != self.code_offsets:
            self.code_offsets = offsets
            self._ask()

    def set_raw_code(self, raw: bool) -> None:
        """Sliders along raw dimensions in place of principal directions; they start at 0."""
        self.raw_code, self.code_offsets = raw, ()
        if self.facts is not None:
            self.factsChanged.emit(self.facts)
        self._ask()

    # ---- probe and answers -------------------------------------------------------------------

    def probe(self) -> Probe:
        """The question as it stands now."""
        shape = (0, 28, 28, 1)
        images = [known.seen for known in self.inputs]
        return Probe(
            self._stamp,
            np.stack(images) if images else np.empty(shape, np.uint8),
            self.seeds,
            self.noise_scale,
            self.code_offsets,
            self.raw_code,
            self.noise_offsets,
        )

    def _ask(self) -> None:
        self._stamp += 1
        self.probeChanged.emit(self.probe())

    def set_rendering(self, rendering: Rendering) -> None:
        """Keep an answer, unless it is about other images or another model."""
        if rendering.stamp >= self._oldest and len(rendering.tiles) == len(self.inputs):
            self.rendering, self.rendered_inputs = rendering, tuple(self.inputs)
            self.rendered.emit(rendering)

    def set_cloud(self, cloud: Cloud) -> None:
        """The same for the points of a 2-D model."""
        if cloud.stamp >= self._oldest:
            self.clouded.emit(cloud)

    def set_blank(self) -> None:
        """What is shown could not be loaded: nothing of another model may stand there."""
        self.rendering, self.facts = None, None
        self.inputsChanged.emit()
        self.factsChanged.emit(
            ModelFacts(self.recipe.name, 0, (28, 28, 1), self.recipe.code, False, 0)
        )

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
        if self.training_recipe is not None and self.recipe.name == self.training_recipe.name:
            self.select(Shown(self.training_recipe, path, live=True))

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
