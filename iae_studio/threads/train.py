"""The thread that trains: one run at a time, with a mailbox for commands."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from iae_studio.state.cancelling import CancellableProgress, CancelledError
from iae_studio.state.folders import Folders
from iae_studio.state.training import State
from iae_studio.threads.failures import describe, lost_of
from iae_studio.threads.giving_back import give_back_all
from iae_studio.threads.reports import TrainingReports
from iae_studio.threads.run_job import RunJob
from trainer.data.amending import Amend
from trainer.data.aside import Change
from trainer.devices.faults import device_is_lost, lost_in_words
from trainer.messages import DeviceLostError
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import new_run_folder
from trainer.storage.snapshots import MOST_BYTES

if TYPE_CHECKING:
    import torch

ENDS = ("quit", "abandon")  # commands that end the thread


@dataclass(frozen=True)
class _Begin:
    recipe: Recipe
    run: Path | None
    device: str
    folders: Folders
    progress: CancellableProgress


class TrainingThread(TrainingReports):
    """Trains one run at a time; what it says is in its base class.

    Commands: pause, go, step, stop, save, a `Change` of what is set aside, or options to `Amend`;
    of what could not be saved also discard, rescue (save it wherever there is room), or a folder
    to save in.
    """

    holds_work = False  # what was learned and may not be saved yet
    most_bytes = MOST_BYTES  # that the moments of a run may take on the disk
    _last: Path | None = None  # the run that trains, or trained last

    def begin(self, recipe: Recipe, run: Path | None, device: str, folders: Folders) -> None:
        """Train a recipe in a new run folder, or go on with `run`."""
        self._progress = CancellableProgress(self.loadingMoved.emit)
        self._mailbox.put(_Begin(recipe, run, device, folders, self._progress))

    def command(self, command: str | Path | Change | Amend) -> None:
        """Obeyed between two steps; what still loads is ended by stop at once."""
        if command == "stop":
            self._cancel_loading()
        self._mailbox.put(command)

    def ask_to_end(self) -> None:
        """End the thread once what trains is saved; what still loads ends; returns at once."""
        self._answered.clear()
        self._cancel_loading()
        self._mailbox.put("quit")

    def answer(self, patience: int) -> str | None:
        """What became of it after at most `patience` ms: "" if it ended, None if it has not yet.

        Else why the save failed: the thread then waits, paused.
        """
        if self.wait(patience):
            return ""
        return self._refused if self._answered.is_set() else None

    def abandon(self) -> None:
        """End the thread without saving; returns when it has."""
        self._cancel_loading()
        self._mailbox.put("abandon")
        self.wait()

    def _cancel_loading(self) -> None:
        if self._progress is not None:
            self._progress.cancel()

    def run(self) -> None:
        """On the thread."""
        if sys.platform == "linux":  # elsewhere a thread's number may be another process's
            with suppress(OSError):  # lets the window go first
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        while (letter := self._mailbox.get()) not in ENDS:
            if isinstance(letter, _Begin):
                if self._begin(letter):
                    break
            elif isinstance(letter, (Change, Amend)) and self._last is not None:
                self.tooLate.emit(self._last, letter)

    def _begin(self, letter: _Begin) -> bool:
        """Train from loading to the end; returns whether the whole thread is to end."""
        quitting = False
        try:
            quitting = self._train(letter)
        except CancelledError:
            self.noted.emit("Loading was cancelled.")
            self.stateChanged.emit(State.IDLE)
        except DeviceLostError as error:
            self.deviceLost.emit(lost_of(error))
            self.stateChanged.emit(State.FAILED)
        except Exception as error:
            self.failed.emit(describe(error))
            self.stateChanged.emit(State.FAILED)
        give_back_all()
        self.ended.emit()
        return quitting

    def _train(self, letter: _Begin) -> bool:
        from trainer.devices.alone import PATIENCE, alone_on
        from trainer.devices.choice import choose_device
        from trainer.devices.threads import use_threads

        self.stateChanged.emit(State.LOADING)
        use_threads()
        device = choose_device(letter.device)
        with lost_in_words(device), alone_on(device, PATIENCE):
            return self._train_on(device, letter)

    def _train_on(self, device: torch.device, letter: _Begin) -> bool:
        from trainer.data.loading import load_data, settled
        from trainer.inference.history import History
        from trainer.training.aside import Course
        from trainer.training.checkpoint import RunFolder
        from trainer.training.run_images import keep_list, trained_on
        from trainer.training.state import check_can_start

        recipe = letter.recipe
        letter.progress.check()
        check_can_start(recipe, device)
        run = None if letter.run is None else RunFolder(letter.run)
        before = None if run is None else trained_on(run)
        data = load_data(recipe, letter.folders.of(recipe.data.name), letter.progress, before)
        batches = data.batches(recipe, device)
        letter.progress.check()
        folder = run or RunFolder.create(new_run_folder(recipe.name), settled(recipe, data))
        self._last = folder.path
        with folder.alone():
            keep_list(folder, data)
            for told in data.told:
                self.noted.emit(told)
            course = Course(folder, data, batches)
            state = folder.load(device)
            history = History(folder, state, lambda: self.most_bytes)
            job = RunJob(self, folder, state, course, history)
            job.publish(renew=True)
            self.began.emit(folder.path, job.state.recipe, folder.curves())
            if any(each.inventory.lossy for each in data.own):
                self.leftOut.emit(" ".join(data.told))
            quitting = self._work(job)
        # Only now can somebody else train the run.
        if job.ending is not None:
            self.stateChanged.emit(job.ending)
        return quitting

    def _work(self, job: RunJob) -> bool:
        """Train to the end; whether the thread is to end. Raises DeviceLostError."""
        from trainer.training.lost_device import lost_training

        self.holds_work = True
        try:
            return job.work(self._mailbox)
        except Exception as error:
            if not device_is_lost(error):
                raise
            raise lost_training(error, job.folder, job.state, job.batches) from error
        finally:
            self.holds_work = False
            job.let_go()
