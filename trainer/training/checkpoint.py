"""Run folders: safetensors and JSON, never pickle; each file is whole or not there.

RUN/recipe.json        the recipe, when the run began, and the losses it keeps
RUN/state.safetensors  the training's state, and what showing it needs; see state_file.py
RUN/images.json        of own images, what was trained on; see run_images.py
RUN/aside.json         what images are set aside from the training; see data/aside.py
RUN/amendments.json    what was changed in the recipe on the way; see data/amendments.py
RUN/curves.f32         float32 [steps, losses]; rows past the state's step do not count
RUN/metrics.json       what `evaluate` measured last
RUN/lock               held by the process that trains it; see storage/run_lock.py
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from torch import Tensor

from trainer.data.batches import Supply
from trainer.messages import LOSSES, Floats, Progress, UserError
from trainer.models.base import Model
from trainer.models.fitting import in_file
from trainer.models.placing import placed
from trainer.recipe.migration import RUN_FORMAT
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import begun_json, read_begun
from trainer.storage.faults import in_words, told
from trainer.storage.files import is_missing, write_bytes
from trainer.storage.half_written import remove_half_written
from trainer.storage.regular import check_regular
from trainer.storage.run_lock import RunLock
from trainer.training.beginning import beginning
from trainer.training.curves_file import append_rows, whole_curves
from trainer.training.room import room_missing
from trainer.training.small_files import (
    begin,
    check_new,
    copy_run,
    mark_of,
    put_back,
    read_bytes,
    read_small,
)
from trainer.training.state import TrainState
from trainer.training.state_bytes import state_bytes
from trainer.training.state_file import opened, read_shown, step_of, unpack

FORMAT = RUN_FORMAT
STATE = "state.safetensors"
ANEW = "begin a new run with smaller learning rates, or copy an earlier checkpoint back"


@dataclass(frozen=True, eq=False)
class Shown:
    """A run as it is shown: EMA weights, their step, and `directions.*` or `points` of its data.

    Nothing of the data where an older version saved the run.
    """

    ema: Model
    step: int
    seen: dict[str, Tensor]


class RunFolder:
    """A run on disk. Holds the losses that came since the last save."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fresh: list[Floats] = []
        self._small: dict[str, bytes] = {}  # files to put back where the folder is removed
        self._lock: RunLock | None = None  # while it is trained
        self._saved: tuple[int, int, int] | None = None  # the checkpoint that is ours
        self._exchanged = False  # what lies here now is somebody else's

    @classmethod
    @in_words()
    def create(cls, path: Path, recipe: Recipe) -> RunFolder:
        """A new run. Raises UserError where one stands already, or the place is not writable.

        Of several that begin at once in the same place one wins.
        """
        check_new(path)
        run = cls(path)
        run._small["recipe.json"] = begun_json(recipe)
        begin(path, run._small["recipe.json"])
        return run

    def recipe(self) -> Recipe:
        """The run's recipe. Raises UserError where there is no run or its file is damaged."""
        return self._began()[0]

    def _began(self) -> tuple[Recipe, int]:
        """What was settled at the start: the recipe, and how many of the losses the run keeps."""
        begun = read_begun(self.path)
        return begun.recipe, begun.losses

    def write(self, name: str, data: bytes) -> None:
        """A file of the run, whole. Raises UserError."""
        try:
            if self._lock is not None and not self._put_back():
                self._check_ours()
            write_bytes(self.path / name, data)
        except OSError as error:
            raise UserError(told(error, self.path, "cannot be written")) from error
        self._small[name] = data

    def has_state(self) -> bool:
        """Whether there is a checkpoint, or what lies in its place: reading it tells."""
        return not is_missing(self.path / STATE)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For as long as it is trained. Raises UserError where somebody else trains it."""
        self.recipe()  # else the lock would make the folder
        self._lock = RunLock(self.path)
        self._lock.acquire()
        try:
            with in_words(self.path, "cannot be read"):
                self._small |= read_small(self.path)
                if os.path.lexists(self.path / "curves.f32"):  # told now, not at the first save
                    check_regular(self.path / "curves.f32")
                self._saved = mark_of(self.path / STATE)
            yield
        finally:
            self._lock.release()
            self._lock = None

    def record(self, progress: Progress) -> None:
        """Keep a report's losses for the next save."""
        self._fresh.append(progress.losses)

    def save(self, state: TrainState, batches: Supply | None = None) -> None:
        """Write the state and the curves up to its step.

        With the training data also what showing the run needs to know of them. Where the folder was
        removed meanwhile it is made again.

        Raises DivergedError for a state that is not finite, and UserError where it fails: the last
        checkpoint is then untouched, and nothing recorded is forgotten.
        """
        needed = 0
        try:
            data = state_bytes(state, None if batches is None else batches.at(state.step))
            needed = len(data) + sum(rows.nbytes for rows in self._fresh)
            if not self._put_back():
                self._check_ours()
            self._append_curves(state.step)
            write_bytes(self.path / STATE, data)
        except (OSError, SafetensorError, MemoryError) as error:
            what = "cannot be written"
            why = f"{self.path} {what} ({str(error) or type(error).__name__})."
            if isinstance(error, OSError):
                why = room_missing(error, self.path, needed) + told(error, self.path, what)
            kept = ", the last one is kept" if self.has_state() else ""
            raise UserError(f"The checkpoint was not saved{kept}: {why}") from error
        self._fresh = []
        self._saved = mark_of(self.path / STATE)
        remove_half_written(self.path / STATE)

    def _put_back(self) -> bool:
        """Make the folder again where somebody removed it; whether it was."""
        made = put_back(self.path, self._small)
        if made and self._lock is not None:
            self._lock.release()  # what it held is gone as well
            self._lock.acquire()
        return made

    def _check_ours(self) -> None:
        """Raises UserError where the folder was exchanged, or somebody else saved in it."""
        if self._lock is None or self._lock.stands:
            return
        same = read_bytes(self.path / "recipe.json") == self._small.get("recipe.json")
        self._exchanged = not same or mark_of(self.path / STATE) != self._saved
        if self._exchanged:
            raise UserError(
                f"{self.path} was exchanged: another run, or another checkpoint of this one, "
                "lies there. Nothing of it is replaced."
            )
        self._lock.release()  # only its file was removed
        self._lock.acquire()

    def _append_curves(self, step: int) -> None:
        fresh = [*self._fresh, np.empty((0, len(LOSSES)), np.float32)]
        _, columns = self._began()
        append_rows(self.path / "curves.f32", np.concatenate(fresh), columns, step)

    def elsewhere(self, path: Path) -> RunFolder:
        """The same run in another folder, without a checkpoint yet. Raises UserError."""
        there = RunFolder(path)
        there._fresh = list(self._fresh)
        there._small = dict(self._small)
        copy_run(None if self._exchanged else self.path, path, self._small)
        return there

    def curves(self) -> Floats:
        """The losses of all steps of the last checkpoint: float32 [steps, losses].

        What is lost of them, and what no loss can be, is NaN. Raises UserError.
        """
        if not self.has_state():
            return np.empty((0, len(LOSSES)), np.float32)
        _, columns = self._began()
        with opened(self.path / STATE) as file:
            steps = step_of(file, self.path / STATE)
        return whole_curves(self.path / "curves.f32", steps, columns)

    def load(self, device: torch.device) -> TrainState:
        """The state as it was saved; the start of the run where nothing was saved yet.

        Raises UserError where the two do not fit, and where it could not be gone on with.
        """
        state = beginning(self.path, device)
        if self.has_state():
            with self._read(ANEW) as file:
                state.step = step_of(file, self.path / STATE)
                unpack(state, file)
        return state

    def load_shown(self, device: torch.device) -> Shown:
        """What showing the run needs, and nothing else: no optimiser, no data set is read."""
        recipe = self.recipe()
        with self._read("open another one") as file:
            step = step_of(file, self.path / STATE)
            ema, seen = read_shown(recipe, file)
        return Shown(placed(ema, device).eval().requires_grad_(False), step, seen)

    @contextmanager
    def _read(self, way_out: str) -> Iterator[Any]:
        file = self.path / STATE
        with in_file(file, way_out), opened(file) as content:
            yield content


__all__ = ["RunFolder", "Shown"]
