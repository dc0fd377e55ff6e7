"""A training in a script or notebook: an iterator that keeps its run on disk."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from inspect import GEN_CLOSED, getgeneratorstate
from types import TracebackType

from trainer.api.settings import Settings
from trainer.api.wanted import PathLike, wanted_recipe
from trainer.data.amending import wanted_of
from trainer.data.amendments import END, Amendment
from trainer.data.batches import Supply, TrainingBatches
from trainer.data.dataset import DataSet
from trainer.data.loading import load_data, settled
from trainer.data.progress import OnProgress, unheard
from trainer.devices.choice import choose_device
from trainer.devices.faults import ON_THE_CPU, lost_in_words
from trainer.inference.history import History
from trainer.messages import Progress, UserError
from trainer.recipe.recipe import Recipe
from trainer.storage.faults import in_words
from trainer.storage.paths import new_run_folder, typed_path
from trainer.training.amendments import amend
from trainer.training.aside import Course
from trainer.training.checkpoint import RunFolder
from trainer.training.last_save import Again, never
from trainer.training.loop import TrainState
from trainer.training.run_images import keep_list, keep_places, trained_on
from trainer.training.saving import SAVE_SECONDS, run_saved
from trainer.training.state import check_can_start
from trainer.training.time_budget import fit_to_time


@in_words()
def train(
    recipe_or_name: Recipe | str,
    data: PathLike | None = None,
    out: PathLike | None = None,
    *,
    steps: int | None = None,
    minutes: float | None = None,
    settings: Settings = (),
    resume: bool = False,
    images: PathLike = "",
    images_b: PathLike = "",
    device: str = "auto",
    save_every: float = SAVE_SECONDS,
    not_saved: Callable[[str], None] = warnings.warn,
    again: Again = never,
    loading: OnProgress = unheard,
) -> Training:
    """Begin a run, or go on with one: iterate over the result to train.

    `data` is the folder of the data sets, `out` the run folder (without it a new one among the
    user's own: see `Training.folder`). Train up to the step `steps`, or as far as `minutes` reach;
    without either to the recipe's end. `settings` change the recipe: {"r1": 0.3} or ["r1=0.3"].
    `images` is a folder or .zip of your own to train on, `images_b` that of a second domain. With
    `resume` the run in `out` goes on by its own recipe; `images` then says where its own lie now.
    Checkpoints are written every `save_every` seconds or more; `not_saved` is called with the
    reason where one on the way fails. Where the last one fails, the run is saved among the user's
    own runs for the time being, and `again` is called with what is to be told; while it returns
    True that is tried again. `loading` is told how many images are read, and of how many,
    while the data load.

    Raises UserError where a recipe, a setting or the folder is not right, DataMissingError where
    the data are not at hand; and while it trains DivergedError, and DeviceLostError, which
    names the last checkpoint, where its GPU is lost.
    """
    for name, value in (("steps", steps), ("minutes", minutes)):
        if value is not None and not value > 0:
            raise UserError(f"{name} is a number above 0, not {value!r}.")
    own = images, images_b
    recipe = wanted_recipe(
        recipe_or_name, out, steps=steps, settings=settings, resume=resume, own=own
    )
    if resume and out is not None and any(own):
        keep_places(RunFolder(typed_path(out)), recipe)
    limits = _Limits(steps, minutes, save_every, not_saved, again)
    chosen = choose_device(device)
    with lost_in_words(chosen, ON_THE_CPU):
        check_can_start(recipe, chosen)
        root = None if data is None else typed_path(data)
        before = trained_on(RunFolder(typed_path(out))) if resume and out is not None else None
        loaded = load_data(recipe, root, loading, before)
        batches = loaded.batches(recipe, chosen)
        if not resume:
            recipe = settled(recipe, loaded)
            recipe = fit_to_time(recipe, batches, minutes) if minutes else recipe
        # The folder is made late: not for a run that cannot begin.
        folder = new_run_folder(recipe.name) if out is None else typed_path(out)
        run_folder = RunFolder(folder) if resume else RunFolder.create(folder, recipe)
        return Training(run_folder, recipe, loaded, batches, limits)


@dataclass(frozen=True)
class _Limits:
    steps: int | None  # the step up to which it trains; None: to the run's end
    minutes: float | None
    save_every: float  # seconds
    not_saved: Callable[[str], None]
    again: Again


@dataclass
class _Goal:
    step: int  # up to which it trains


class Training(Iterator[Progress]):
    """A run that trains while it is iterated over, and reports about ten times a second.

    The checkpoint is written regularly, at the end, and when it is closed early: by `close`, at
    the end of a `with` block, or when a loop over it is left. Nobody else can train the run
    meanwhile. `folder` is the run's, for `trainer.load`; `told` says of each folder of own images
    what became of them.
    """

    def __init__(
        self,
        folder: RunFolder,
        recipe: Recipe,
        data: DataSet,
        batches: TrainingBatches,
        limits: _Limits,
    ) -> None:
        self.folder, self.recipe = folder.path, recipe
        self.told = data.told
        self._alone = ExitStack()
        self._alone.enter_context(folder.alone())
        keep_list(folder, data)
        self._run, self._state = folder, folder.load(batches.device)
        self._goal = _Goal(limits.steps or self._state.terms.end)
        # Not a method: with a reference to itself it would outlive the loop that was left.
        course = Course(folder, data, batches)
        self._reports = _reports(self._state, course, folder, limits, self._goal, self._alone)

    @property
    def step(self) -> int:
        """The step where the training stands."""
        return self._state.step

    @property
    def until(self) -> int:
        """The step up to which it trains."""
        return self._goal.step

    @property
    def amendments(self) -> tuple[Amendment, ...]:
        """What was changed in the recipe while the run trained, in the order of its steps."""
        return self._state.terms.amendments.all

    def amend(self, options: Mapping[str, object]) -> None:
        """Change options from the step that comes next: {"generator_rate": 5e-4}.

        Rates, R1, weights of games and penalties, and `steps`, the end. It is on disk when this
        returns, so that a run that goes on from an earlier checkpoint meets it at its step. Raises
        UserError for what cannot be: then all stays as it was.
        """
        if getgeneratorstate(self._reports) == GEN_CLOSED:
            raise UserError("This training has ended: change its run by trainer.amend.")
        found = amend(self._run, self._state, options)
        if END in wanted_of(self.recipe, options):
            self._goal.step = found.recipe_at(self.recipe).schedule.steps

    def __next__(self) -> Progress:
        return next(self._reports)

    def close(self) -> None:
        """Save and end. Raises UserError where the checkpoint cannot be written."""
        try:
            self._reports.close()
        finally:
            self._alone.close()

    def __enter__(self) -> Training:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _reports(
    state: TrainState,
    batches: Supply,
    folder: RunFolder,
    limits: _Limits,
    goal: _Goal,
    alone: ExitStack,
) -> Generator[Progress, None, None]:
    """The training's reports, from a state that nobody else may change until it ends."""
    with alone:
        if state.step >= goal.step:
            return
        seconds = 60 * limits.minutes if limits.minutes else float("inf")
        history = History(folder, state)
        if not state.step:  # what a run goes on from is its checkpoint
            history.keep_if_due(state, batches)
        yield from run_saved(
            state,
            batches,
            lambda: goal.step,
            folder,
            deadline=time.monotonic() + seconds,
            save_every=limits.save_every,
            not_saved=limits.not_saved,
            again=limits.again,
            keep=history.keep_if_due,
        )
