"""The thread that trains: a thin shell over `trainer.training.loop.run` with a command mailbox."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from iae_studio.state.session import State
from iae_studio.threads.failures import describe
from trainer.messages import Failed, Progress
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import new_run_folder

if TYPE_CHECKING:
    from trainer.data.batches import TrainingBatches
    from trainer.inference.directions import Directions
    from trainer.inference.render import Snapshot
    from trainer.training.checkpoint import RunFolder
    from trainer.training.loop import TrainState

PUBLISH_SECONDS = 1.0
DIRECTIONS_SECONDS = 20.0
SAVE_SECONDS = 30.0


@dataclass(frozen=True)
class _Begin:
    recipe: Recipe
    run: Path | None
    device: str
    root: Path | None


class TrainingThread(QThread):
    """Trains one run at a time. Commands: pause, go, step, stop, save, and quit.

    `publish` is called on this thread with each new snapshot.
    """

    stateChanged = Signal(State)
    began = Signal(object, object)  # run folder, losses so far
    progressed = Signal(Progress)
    noted = Signal(str)  # what the engine had to do otherwise, and why
    saved = Signal(object, int)
    failed = Signal(Failed)
    ended = Signal()

    def __init__(self, publish: Callable[[Snapshot], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._publish = publish
        self._mailbox: queue.SimpleQueue[_Begin | str] = queue.SimpleQueue()
        self._refused = ""
        self._answered = threading.Event()

    def begin(self, recipe: Recipe, run: Path | None, device: str, root: Path | None) -> None:
        """Train a recipe in a new run folder, or go on with `run`."""
        self._mailbox.put(_Begin(recipe, run, device, root))

    def command(self, name: str) -> None:
        self._mailbox.put(name)

    def shut_down(self) -> str:
        """Save what is training and end the thread.

        Returns "" when it has ended, or why the save failed: the thread then waits, paused.
        """
        self._answered.clear()
        self._mailbox.put("quit")
        while not self.wait(20):
            if self._answered.is_set():
                return self._refused
        return ""

    def refuse_to_quit(self, why: str) -> None:
        self._refused = why
        self._answered.set()

    def abandon(self) -> None:
        """End the thread without saving; returns when it has."""
        self._mailbox.put("abandon")
        self.wait()

    def run(self) -> None:
        if sys.platform == "linux":  # elsewhere a thread's number may be another process's
            with suppress(OSError):  # lets the window go first
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        while (letter := self._mailbox.get()) not in ("quit", "abandon"):
            if not isinstance(letter, _Begin):
                continue
            try:
                quitting = self._train(letter)
            except Exception as error:
                self.failed.emit(describe(error))
                self.stateChanged.emit(State.FAILED)
                quitting = False
            self.ended.emit()
            if quitting:
                break

    def _train(self, letter: _Begin) -> bool:
        from trainer.data.loading import load_data
        from trainer.training.checkpoint import RunFolder
        from trainer.training.device import choose_device, use_threads

        self.stateChanged.emit(State.LOADING)
        use_threads()
        device = choose_device(letter.device)
        batches = load_data(letter.recipe, letter.root).batches(letter.recipe, device)
        if letter.run is not None:
            folder = RunFolder(letter.run)
        else:
            folder = RunFolder.create(new_run_folder(letter.recipe.name), letter.recipe)
        with folder.alone():
            job = _Job(self, folder, folder.load(device), batches)
            job.publish(renew=True)
            self.began.emit(folder.path, folder.curves())
            return job.work(self._mailbox)

    def offer(self, snapshot: Snapshot) -> None:
        self._publish(snapshot)


class _Job:
    """One run from its start to its end, on the training thread."""

    def __init__(
        self, thread: TrainingThread, folder: RunFolder, state: TrainState, batches: TrainingBatches
    ) -> None:
        self.thread, self.folder, self.state, self.batches = thread, folder, state, batches
        # A finished run that is started again goes on for as long once more.
        self.until = state.recipe.schedule.steps
        if state.step >= self.until:
            self.until = state.step + state.recipe.schedule.steps
        self._directions: Directions | None = None
        self._published = self._renewed = self._saved = time.monotonic()
        self._cost = 0.0
        self._note = ""
        self.paused = False

    def work(self, mailbox: queue.SimpleQueue[_Begin | str]) -> bool:
        """Train until done or stopped; returns whether the whole thread is to end."""
        reports = self._reports(self.until)
        self.thread.stateChanged.emit(State.TRAINING)
        while True:
            letter = self._letter(mailbox, wait=self.paused)
            if letter == "abandon" or (letter == "quit" and self._may_quit()):
                return True
            if letter == "stop":
                self._finish(State.IDLE)
                return False
            if letter is not None:
                self._obey(letter)
            elif not self.paused:
                progress = next(reports, None)
                if progress is None:
                    self._finish(State.FINISHED)
                    return False
                self._report(progress)
                self._chores()

    def _may_quit(self) -> bool:
        why = self.save()
        if why is not None:
            self.paused = True
            self.thread.refuse_to_quit(why)
        return why is None

    def _obey(self, letter: _Begin | str) -> None:
        if letter == "save":
            self.save()
            return
        if letter in ("pause", "go", "step"):
            self.paused = letter != "go"
            self.thread.stateChanged.emit(State.PAUSED if self.paused else State.TRAINING)
        if letter == "step":
            self._report(next(self._reports(self.state.step + 1)))
        self.publish(renew=False)

    @staticmethod
    def _letter(mailbox: queue.SimpleQueue[_Begin | str], wait: bool) -> _Begin | str | None:
        try:
            return mailbox.get(block=wait)
        except queue.Empty:
            return None

    def _reports(self, until: int) -> Iterator[Progress]:
        from trainer.training.loop import run

        return run(self.state, self.batches, until)

    def _report(self, progress: Progress) -> None:
        self.folder.record(progress)
        if progress.steps != self.until:  # a single step: the goal is still the run's
            progress = replace(progress, steps=self.until, eta=0.0)
        self.thread.progressed.emit(progress)
        if progress.note != self._note:
            self._note = progress.note
            self.thread.noted.emit(progress.note)

    def _chores(self) -> None:
        now = time.monotonic()
        if now - self._published > PUBLISH_SECONDS:
            self.publish(renew=now - self._renewed > DIRECTIONS_SECONDS)
        # A big network's checkpoint takes long: never spend over a fiftieth of the time on it.
        if now - self._saved > max(SAVE_SECONDS, 50 * self._cost):
            self.save()

    def publish(self, renew: bool) -> None:
        """Hand out the weights. The directions are kept for a while: sliders keep their sense.

        A picture that fails is told, and never ends the training.
        """
        from trainer.inference.render import publish

        known = None if renew else self._directions
        try:
            snapshot = publish(
                self.state.ema, self.state.step, self.batches.device, self.batches, known
            )
        except Exception as error:
            self.thread.failed.emit(describe(error))
            self._published = time.monotonic()
            return
        self._directions = snapshot.directions
        self._published = time.monotonic()
        if renew:
            self._renewed = self._published
        self.thread.offer(snapshot)

    def save(self) -> str | None:
        """Write a checkpoint. A full disk is told, and the training goes on; returns why."""
        began, why = time.monotonic(), None
        try:
            self.folder.save(self.state)
        except Exception as error:
            why = str(error)
            self.thread.failed.emit(describe(error))
        else:
            self.thread.saved.emit(self.folder.path, self.state.step)
        self._saved = time.monotonic()
        self._cost = self._saved - began
        return why

    def _finish(self, state: State) -> None:
        self.save()
        self.publish(renew=True)
        self.thread.stateChanged.emit(state)
