"""One run from its start to its end, on the training thread."""

from __future__ import annotations

import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.training import State
from iae_studio.threads.failures import describe
from trainer.messages import Failed, Progress

if TYPE_CHECKING:
    from trainer.data.batches import TrainingBatches
    from trainer.inference.snapshot import Snapshot
    from trainer.models.directions import Directions
    from trainer.training.checkpoint import RunFolder
    from trainer.training.loop import TrainState

PUBLISH_SECONDS = 1.0
DIRECTIONS_SECONDS = 20.0
SAVE_SECONDS = 30.0

Mailbox = queue.SimpleQueue[object]


class TrainingReports(QThread):
    """What the training thread says. `publish` is called on it with each new snapshot."""

    stateChanged = Signal(State)
    loadingMoved = Signal(int, int)  # images done, of how many; of 0 while that is not known
    began = Signal(object, object, object)  # run folder, its recipe, losses so far
    progressed = Signal(Progress)
    saved = Signal(object, int)
    unsaved = Signal(str)  # why the end could not be saved: it stays in memory
    failed = Signal(Failed)
    ended = Signal()
    leftOut = Signal(str)  # what is trained on of the user's images, and what is not
    noted = Signal(str)  # what the engine had to do otherwise, and why

    def __init__(self, publish: Callable[[Snapshot], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.publish = publish
        self._mailbox: Mailbox = queue.SimpleQueue()
        self._progress: CancellableProgress | None = None
        self._refused = ""
        self._answered = threading.Event()

    def refuse_to_quit(self, why: str) -> None:
        """What trains could not be saved, and would be lost."""
        self._refused = why
        self._answered.set()


class RunJob:
    """Trains, obeys, reports and saves."""

    def __init__(
        self,
        reports: TrainingReports,
        folder: RunFolder,
        state: TrainState,
        batches: TrainingBatches,
    ) -> None:
        self.reports, self.folder, self.state, self.batches = reports, folder, state, batches
        self.ending: State | None = None  # what the window is told once the run is free again
        # A finished run that is started again goes on for as long once more.
        self.until = state.recipe.schedule.steps
        if state.step >= self.until:
            self.until = state.step + state.recipe.schedule.steps
        self._directions: Directions | None = None
        self._published = self._renewed = self._saved = time.monotonic()
        self._cost = 0.0
        self._note = ""
        self._paused = False
        self._outcome: State | None = None  # of an end that could not be saved

    # ---- steps and commands ------------------------------------------------------------------

    def work(self, mailbox: Mailbox) -> bool:
        """Train until the end is saved or discarded; returns whether the thread is to end too."""
        steps = self._steps(self.until)
        self.reports.stateChanged.emit(State.TRAINING)
        while True:
            letter = self._letter(mailbox)
            if letter == "abandon" or (letter == "quit" and self._may_quit()):
                return True
            if letter is not None:
                if self._obey(letter):
                    return False
            elif not self._paused:
                progress = next(steps, None)
                if progress is not None:
                    self._report(progress)
                    self._chores()
                elif self._end(State.FINISHED):
                    return False

    def _letter(self, mailbox: Mailbox) -> object:
        try:
            return mailbox.get(block=self._paused)
        except queue.Empty:
            return None

    def _obey(self, letter: object) -> bool:
        """Do what a command says; returns whether the run has ended."""
        if letter == "stop":
            return self._end(self._outcome or State.IDLE)
        if letter == "save":
            if self._outcome is not None:
                return self._end(self._outcome)
            self.save()
            return False
        if isinstance(letter, Path) or letter == "discard":
            return self._outcome is not None and self._leave(letter)
        if letter in ("pause", "go", "step"):
            self._outcome = None
            self._paused = letter != "go"
            self.reports.stateChanged.emit(State.PAUSED if self._paused else State.TRAINING)
        if letter == "step":
            self._report(next(self._steps(self.state.step + 1)))
        self.publish(renew=False)
        return False

    def _may_quit(self) -> bool:
        why = self.save()
        if why is not None:
            self._paused = True
            self.reports.refuse_to_quit(str(why))
        return why is None

    def _steps(self, until: int) -> Iterator[Progress]:
        from trainer.training.loop import run

        return run(self.state, self.batches, until)

    def _report(self, progress: Progress) -> None:
        self.folder.record(progress)
        if progress.steps != self.until:  # a single step: the goal is still the run's
            progress = replace(progress, steps=self.until, eta=0.0)
        self.reports.progressed.emit(progress)
        if progress.note != self._note:
            self._note = progress.note
            self.reports.noted.emit(progress.note)

    def _chores(self) -> None:
        now = time.monotonic()
        if now - self._published > PUBLISH_SECONDS:
            self.publish(renew=now - self._renewed > DIRECTIONS_SECONDS)
        # A big network's checkpoint takes long: never spend over a fiftieth of the time on it.
        # Nor overwrite a good one while the losses are astray.
        if now - self._saved > max(SAVE_SECONDS, 50 * self._cost) and self.state.watch.sound:
            self.save()

    def publish(self, renew: bool) -> None:
        """Hand out the weights. The directions are kept for a while: sliders keep their sense.

        A picture that fails is told, and never ends the training.
        """
        from trainer.inference.snapshot import publish

        known = None if renew else self._directions
        try:
            snapshot = publish(
                self.state.ema, self.state.step, self.batches.device, self.batches, known
            )
        except Exception as error:
            self.reports.failed.emit(describe(error))
            self._published = time.monotonic()
            return
        self._directions = snapshot.directions
        self._published = time.monotonic()
        if renew:
            self._renewed = self._published
        self.reports.publish(snapshot)

    # ---- saving and ending -------------------------------------------------------------------

    def save(self) -> Failed | None:
        """Write a checkpoint. A full disk is told, and the training goes on; returns why."""
        why = self._write()
        if why is not None:
            self.reports.failed.emit(why)
        return why

    def _write(self) -> Failed | None:
        began, why = time.monotonic(), None
        try:
            self.folder.save(self.state, self.batches)
        except Exception as error:
            why = describe(error)
        else:
            self.reports.saved.emit(self.folder.path, self.state.step)
        self._saved = time.monotonic()
        self._cost = self._saved - began
        return why

    def _end(self, outcome: State) -> bool:
        """Save and end; where that fails nothing is lost: it waits for room, or for a decision."""
        why = self._write()
        if why is not None:
            if self._outcome is None:
                self.publish(renew=True)
            self._paused, self._outcome = True, outcome
            self.reports.stateChanged.emit(State.UNSAVED)
            self.reports.unsaved.emit(str(why))
            return False
        self.publish(renew=True)
        self.ending = outcome
        return True

    def _leave(self, letter: object) -> bool:
        """End what could not be saved: by discarding it, or in another folder."""
        if isinstance(letter, Path):
            return self._end_elsewhere(letter)
        self.ending = State.IDLE
        return True

    def _end_elsewhere(self, parent: Path) -> bool:
        here, there = self.folder.path, parent / self.folder.path.name
        try:
            there.mkdir(parents=True)
            for name in ("recipe.json", "curves.f32"):  # the losses of earlier checkpoints
                with suppress(FileNotFoundError):
                    shutil.copyfile(here / name, there / name)
            self.folder.path = there
        except OSError as error:
            self.reports.unsaved.emit(f"{there} cannot be written: {error.strerror}.")
            return False
        if self._end(self._outcome or State.IDLE):
            return True
        shutil.rmtree(there, ignore_errors=True)
        self.folder.path = here
        return False
