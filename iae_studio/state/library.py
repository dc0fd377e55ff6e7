"""The library: every experiment with its weights and runs, and what is chosen from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed, DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.state.messages import Messages
from iae_studio.state.model_files import SHIPPED, Run, Runs, find_runs
from iae_studio.state.training import Training
from trainer.data.at_hand import data_ready
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS


@dataclass(frozen=True)
class Contents:
    """What the disk holds: the runs, newest first, and which data sets can be used at once."""

    runs: tuple[Run, ...] = ()
    ready: Mapping[str, bool] = field(default_factory=dict)
    problems: tuple[str, ...] = ()  # a sentence on each folder that cannot be read
    damaged: Mapping[str, str] = field(default_factory=dict)  # runs, by name: what is wrong


def read_contents(folders: Folders) -> Contents:
    """Look at the disk; not on the GUI thread."""
    names: set[str] = {recipe.data.name for recipe in CATALOGUE.values()}
    ready = {name: data_ready(name, folders.of(name)) for name in names}
    runs = find_runs()
    problems = (runs.problem, *folders.problems())
    return Contents(runs.readable, ready, tuple(filter(None, problems)), runs.damaged)


@dataclass(frozen=True)
class Entry:
    """An experiment: what is displayed where it is chosen, its runs, whether its data are here."""

    model: DisplayedModel
    runs: tuple[Run, ...]
    ready: bool


class Library(QObject):
    """What there is to look at and to train."""

    changed = Signal()
    saved = Signal(object)  # a `Run`, which trains, has newer weights; nothing else changed
    refreshWanted = Signal()  # `read_contents`, on a thread; it comes back by `set_contents`

    def __init__(
        self,
        displayed: Displayed,
        training: Training,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._displayed, self._training, self._messages = displayed, training, messages
        self._contents = Contents()
        self._places: dict[Path, Run] = {}
        self._told: set[str] = set()  # what cannot be read
        self._first: DisplayedModel | None = None
        training.checkpointSaved.connect(self._saved)

    def start(self, name: str) -> None:
        """Display a recipe at once; better weights of it may be found when the disk was read."""
        self._first = self.weights_of(CATALOGUE[name])
        self._displayed.select(self._first)
        self.refreshWanted.emit()

    def set_contents(self, contents: Contents) -> None:
        """What the disk holds now; what of it cannot be read is told once."""
        self._contents = contents
        self._places = {run.path: run for run in contents.runs}
        self.changed.emit()
        first, self._first = self._first, None
        if first is not None and self._displayed.model is first:
            found = self.weights_of(CATALOGUE[first.recipe.name])
            if found != first:
                self._displayed.select(found)
        self._tell_news(contents, at_start=first is not None and not self._training.busy)

    def _saved(self, path: Path, step: int) -> None:
        """A listed run has newer weights, or its first; the disk need not be read for that."""
        run = self._places.get(path)
        if run is None or run.step == step:
            return
        known = self._places[path] = replace(run, step=step)
        runs = tuple(known if each is run else each for each in self._contents.runs)
        self._contents = replace(self._contents, runs=runs)
        if not run.step:  # its first; later, every few seconds, no list is built anew
            self.changed.emit()
        self.saved.emit(known)

    def _tell_news(self, contents: Contents, at_start: bool) -> None:
        """What cannot be read and was not told yet: in the log, and where it hides nothing."""
        why = {name: f"{name}: {told}." for name, told in contents.damaged.items()}
        fresh = {name: contents.damaged[name] for name in why if why[name] not in self._told}
        lines = [str(Runs(contents.runs, fresh))] if fresh else []
        lines += [told for told in contents.problems if told not in self._told]
        self._told.update(contents.problems, why.values())
        if not lines:
            return
        if at_start or self._messages.current is None:
            self._messages.show_aside(" ".join(lines))
        else:  # the user reads what became of the images, say
            self._messages.logged.emit(" ".join(lines))
        for name in fresh:
            self._messages.logged.emit(why[name])

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs of this computer, newest first."""
        return self._contents.runs

    @property
    def damaged(self) -> Mapping[str, str]:
        """Runs that cannot be read, by their folders' names: what is wrong."""
        return self._contents.damaged

    def run_at(self, path: Path) -> Run | None:
        """The run in that folder."""
        return self._places.get(path)

    def ready(self, data: str) -> bool:
        """Whether a data set can be used at once; taken for granted until the disk was read."""
        return self._contents.ready.get(data, True)

    def tests_of(self, recipe: Recipe) -> str:
        """What its test images are, in words: drawn ones where its own are not here."""
        stand_in = DATA_SETS[recipe.data.name].stand_in
        if not stand_in or self.ready(recipe.data.name):
            return "test images"
        return DATA_SETS[stand_in].title

    def weights_of(self, recipe: Recipe, without: Path | None = None) -> DisplayedModel:
        """What is displayed of an experiment: the shipped model, else its newest run.

        `without` is a run that is about to go.
        """
        shipped = SHIPPED.get(recipe.name)
        if shipped is not None:
            return DisplayedModel(recipe, shipped)
        # Runs on own images stand for themselves; the recipe is about its own data.
        own = [
            run
            for run in self._runs_of(recipe)
            if run.step and run.path != without and run.recipe.data.name == recipe.data.name
        ]
        # A run may have been changed by settings: its own recipe is the truth about it.
        return DisplayedModel(own[0].recipe, own[0].path) if own else DisplayedModel(recipe)

    def entry(self, recipe: Recipe) -> Entry:
        """All that is known of an experiment."""
        return Entry(
            self.weights_of(recipe), tuple(self._runs_of(recipe)), self.ready(recipe.data.name)
        )

    def choose(self, model: DisplayedModel, any_weights: bool = False) -> None:
        """Display what was chosen."""
        self._displayed.select(self.meant(model, any_weights))

    def meant(self, model: DisplayedModel, any_weights: bool = False) -> DisplayedModel:
        """What a choice displays: of the run that trains, or of its recipe, the live weights."""
        training = self._training
        trains = training.started and model.recipe == training.recipe
        if trains and (any_weights or model.path == training.run_path):
            return DisplayedModel(model.recipe, training.run_path, live=True)
        return model

    def _runs_of(self, recipe: Recipe) -> list[Run]:
        """Those with a checkpoint, and the one that trains."""
        training = self._training.run_path if self._training.busy else None
        return [
            run
            for run in self._contents.runs
            if run.recipe.name == recipe.name and (run.step or run.path == training)
        ]
