"""One run from its start to its end, on the training thread."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from iae_studio.state.training import State
from iae_studio.threads.course_changes import change_course
from iae_studio.threads.failures import describe, describe_passing
from iae_studio.threads.publishing import Publisher
from iae_studio.threads.reports import Mailbox, TrainingReports
from trainer.data.amending import Amend
from trainer.data.aside import Change
from trainer.messages import Failed, Progress
from trainer.training.slept import took

if TYPE_CHECKING:
    from trainer.inference.history import History
    from trainer.training.aside import Course
    from trainer.training.checkpoint import RunFolder
    from trainer.training.loop import TrainState, Until

SAVE_SECONDS = 30.0
FIRST_SAVE = 5.0  # after a start: what is cut off soon has gone on, too


class RunJob:
    """Trains, obeys, reports and saves."""

    def __init__(
        self,
        reports: TrainingReports,
        folder: RunFolder,
        state: TrainState,
        batches: Course,
        history: History,
    ) -> None:
        self.reports, self.folder, self.state, self.batches = reports, folder, state, batches
        self.history = history
        self.ending: State | None = None  # what the window is told once the run is free again
        # A finished run that is started again goes on for as long once more.
        self.until = state.terms.end
        if state.step >= self.until:
            self.until = state.step + state.recipe.schedule.steps
        self._course = self._steps(lambda: self.until)
        self._publisher = Publisher(reports)
        self._saved = time.monotonic()
        self._saved -= max(SAVE_SECONDS - FIRST_SAVE, 0.0)
        self._cost = 0.0
        self._note = ""
        self._paused = False
        self._unsaved = False  # a save failed: it waits for room, or for a decision
        self._outcome: State | None = None  # of an end that could not be saved

    # ---- steps and commands ------------------------------------------------------------------

    def work(self, mailbox: Mailbox) -> bool:
        """Train until the end is saved or discarded; returns whether the thread is to end too."""
        self.reports.stateChanged.emit(State.TRAINING)
        self.reports.amended.emit(self.folder.path, self.state.terms.amendments)
        if not self.state.step:  # what a run goes on from is its checkpoint
            self._keep_moment()
        while True:
            letter = self._letter(mailbox)
            if letter == "abandon" or (letter == "quit" and self._may_quit()):
                return True
            if letter is not None:
                if self._obey(letter):
                    return False
            elif not self._paused and self._train(self._course):
                return False

    def _train(self, steps: Iterator[Progress]) -> bool:
        """A report's steps, or the end where there are no more; whether it is saved."""
        try:
            progress = next(steps, None)
        except Exception as error:
            return self._broke_off(describe_passing(error))
        if progress is None:
            return self._end(State.FINISHED)
        self._report(progress)
        self._chores()
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
        elif isinstance(letter, (Change, Amend)):
            change_course(self, letter)
        elif isinstance(letter, Path) or letter in ("discard", "rescue"):
            return self._unsaved and self._leave(letter)
        elif letter in ("pause", "go", "step"):
            return self._move(letter)
        return False

    def _move(self, letter: object) -> bool:
        """Pause, go on, or take a step; whether the run has ended."""
        if self._unsaved:  # there may be room by now; if not, the user wants it so
            self._write()
        self._outcome, self._unsaved = None, False
        self._paused = letter != "go"
        self.reports.stateChanged.emit(State.PAUSED if self._paused else State.TRAINING)
        if letter == "step" and self._train(self._steps(self.state.step + 1)):
            return True
        self.publish(renew=False)
        return False

    def _may_quit(self) -> bool:
        try:
            why = self.save()
        except Exception as error:  # it diverged, or the GPU is lost: there is nothing to keep
            self.reports.failed.emit(describe(error))
            return True
        if why is not None:
            self.reports.refuse_to_quit(str(why))
        return why is None

    def _steps(self, until: Until) -> Iterator[Progress]:
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
        self._publisher.publish_if_due(self.state, self.batches)
        self._keep_moment()
        now = time.monotonic()
        # A big network's checkpoint takes long: never spend over a fiftieth of the time on it.
        # Nor overwrite a good one while the losses are astray.
        if now - self._saved > max(SAVE_SECONDS, 50 * self._cost) and self.state.watch.sound:
            self.save()

    def _keep_moment(self) -> None:
        known = self._publisher.directions  # to find them anew costs as much as ten snapshots
        if self.history.keep_if_due(self.state, self.batches, known):
            self.reports.momentKept.emit(self.folder.path)

    def publish(self, renew: bool) -> None:
        """Hand out the weights; with new directions, or with those of before."""
        self._publisher.publish(self.state, self.batches, renew)

    # ---- saving and ending -------------------------------------------------------------------

    def let_go(self) -> None:
        """It is over: its steps know it, and would keep all tensors until garbage is collected."""
        self._course = iter(())

    def save(self) -> Failed | None:
        """Write a checkpoint; where that fails it is told, and the training waits; returns why."""
        why = self._write()
        if why is not None:
            self._wait(why)
        elif self._unsaved:
            self._unsaved = False
            self.reports.stateChanged.emit(State.PAUSED)
        return why

    def _wait(self, why: Failed) -> None:
        """Nothing is lost: it waits for room, or for a decision."""
        self._paused = self._unsaved = True
        self.reports.stateChanged.emit(State.UNSAVED)
        self.reports.unsaved.emit(str(why))

    def _broke_off(self, why: Failed) -> bool:
        """A step failed: keep the steps before it, and say why; whether the run has ended."""
        self.reports.failed.emit(why)
        if self.state.torn:
            self.ending = State.FAILED
            return True
        self._course = self._steps(lambda: self.until)  # the other one is over
        return self._end(State.FAILED)

    def _write(self) -> Failed | None:
        began, why = time.monotonic(), None
        try:
            self.folder.save(self.state, self.batches)
        except Exception as error:
            why = describe_passing(error)
        else:
            self.reports.saved.emit(self.folder.path, self.state.step)
        self._saved = time.monotonic()
        self._cost = took(began, self._saved)
        return why

    def _end(self, outcome: State) -> bool:
        """Save and end; where that fails it waits."""
        why = self._write()
        if why is not None:
            if not self._unsaved:
                self.publish(renew=True)
            self._outcome = outcome
            self._wait(why)
            return False
        self.publish(renew=True)
        self.ending = outcome
        return True

    def _leave(self, letter: object) -> bool:
        """End what could not be saved: in another folder, in any that has room, or not at all."""
        from trainer.training.last_save import rescued

        if isinstance(letter, Path):
            return self._end_elsewhere(letter)
        if letter == "rescue":
            copy = rescued(self.folder, self.state, self.batches)
            if copy is None:
                return False
            self.reports.saved.emit(copy, self.state.step)
        self.ending = State.IDLE
        return True

    def _end_elsewhere(self, parent: Path) -> bool:
        from trainer.training.last_save import saved_elsewhere

        try:
            self.folder = saved_elsewhere(self.folder, parent, self.state, self.batches)
        except Exception as error:
            self._wait(describe_passing(error))
            return False
        self.reports.saved.emit(self.folder.path, self.state.step)
        self.ending = self._outcome or State.IDLE
        self.publish(renew=True)
        return True
