"""Threads that answer questions to the displayed model, one for each lane of them."""

from __future__ import annotations

import threading
import time
import weakref

from PySide6.QtCore import QObject, QThread, Signal

from iae_studio.state.asking import Asked, Asking
from iae_studio.state.cancelling import CancellableProgress, CancelledError
from iae_studio.state.messages import Messages
from iae_studio.threads.failures import describe, lost_of
from iae_studio.threads.giving_back import give_back_much
from iae_studio.threads.shortage import Shortage
from iae_studio.threads.subject import Subject, Wanted
from trainer.devices.faults import lost_in_words
from trainer.devices.records import CPU
from trainer.exploring.questions.base import Circumstances, Lane
from trainer.messages import DeviceLostError, Failed
from trainer.recipe.specs import resolve
from trainer.training.slept import took

REST = 1.0  # s between two answers of a question that follows the weights ...
SHARE = 20  # ... or so many times what the last answer took: exploring must not slow the training
TRIES, LATER = 3, 10.0  # how often a question that finds no memory is tried again; s
SOON = "It is tried again in a while; close other programs, or ask about less."
SETTLED = 0.06  # s that a moment is looked at before its questions are answered: pictures go first


class ExploreThread(QThread):
    """Answers questions one after the other; of each kind the newest alone."""

    answered = Signal(object, object)  # Asked, the answer
    lacked = Signal(object)  # Asked: there is no answer
    moved = Signal(object, int, int)  # Asked; done, in all
    failed = Signal(Failed)
    deviceLost = Signal(object)  # Lost: what was asked waits for weights on another device
    fellBack = Signal()  # the GPU's memory is full: the CPU answers for a while

    def __init__(self, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._wake = threading.Condition()
        self._wanted: dict[str, Wanted] = {}
        self._subject: Subject | None = None
        self._settled = 0.0  # when questions to the subject may be answered
        self._hand: tuple[Wanted, CancellableProgress] | None = None
        self._complained: dict[str, str] = {}  # by the kind of question
        self.shortage = Shortage()
        self._quit = False

    def ask(self, asked: Asked) -> None:
        """Answer this in place of any of its kind; other lanes are other threads'."""
        if asked.question.lane is self._lane:
            with self._wake:
                self._drop(asked.kind)
                self._wanted[asked.kind] = Wanted(asked)
                self._wake.notify()

    def cancel(self, kind: str) -> None:
        """Nobody waits for questions of this kind any more."""
        with self._wake:
            self._drop(kind)
            self._complained.pop(kind, None)  # who asks again is told again

    def _drop(self, kind: str) -> None:
        gone = self._wanted.pop(kind, None)
        if gone is not None and self._hand is not None and self._hand[0] is gone:
            self._hand[1].cancel()

    def hold(self) -> None:
        """Another model is on its way: answer nothing before it is here."""
        with self._wake:
            self._subject = None

    def show(self, subject: Subject) -> None:
        """Answer about this from now on; may be called from any thread."""
        with self._wake:
            self._subject = subject
            hand_moves = subject.moment is not None
            self._settled = time.monotonic() + SETTLED if hand_moves else 0.0
            self._wake.notify()

    def ask_to_end(self) -> None:
        """End as soon as the answer in hand allows; returns at once."""
        with self._wake:
            self._quit = True
            if self._hand is not None:
                self._hand[1].cancel()
            self._wake.notify()

    def run(self) -> None:
        """On the thread."""
        while self._answer_next():
            pass  # whose weights answered is not held while nothing is asked

    def _answer_next(self) -> bool:
        with self._wake:
            wanted = self._next()
            while wanted is None and not self._quit:
                self._wake.wait(self._patience())
                wanted = self._next()
            if self._quit or wanted is None or self._subject is None:
                return False
            subject, progress = self._subject, self._progress_of(wanted.asked)
            self._hand = wanted, progress
        self._answer(wanted, subject, progress)
        if not subject.live:  # a training has use for what is kept for later
            give_back_much()
        return True

    def _progress_of(self, asked: Asked) -> CancellableProgress:
        return CancellableProgress(lambda done, total: self.moved.emit(asked, done, total))

    def _open(self) -> list[Wanted]:
        """What the weights at hand have not answered yet."""
        subject = self._subject
        if subject is None:
            return []
        recipe = subject.snapshot.recipe
        wanted = self._wanted.values()
        return [w for w in wanted if not w.was_answered_by(subject) and w.asked.recipe == recipe]

    def _next(self) -> Wanted | None:
        """What comes next: what was never answered, then what newer weights may answer again."""
        now = time.monotonic()
        if now < self._settled:
            return None
        at_once = self._subject is not None and not self._subject.live
        still = (each for each in self._open() if each.again <= now)
        ready = [each for each in still if at_once or each.due <= now]
        return min(ready, key=lambda wanted: wanted.answered_of is not None, default=None)

    def _patience(self) -> float | None:
        """Until newer weights may answer something again; None: until something comes."""
        still = [max(each.due, each.again, self._settled) for each in self._open()]
        return max(0.01, min(still) - time.monotonic()) if still else None

    def _answer(self, wanted: Wanted, subject: Subject, progress: CancellableProgress) -> None:
        began, asked = time.monotonic(), wanted.asked
        try:
            with lost_in_words(subject.snapshot.device):
                found = self._found(asked, subject, progress)
        except CancelledError:
            self._over(wanted, subject, began)
        except DeviceLostError as error:
            with self._wake:
                self._hand, wanted.answered_of, wanted.due = None, weakref.ref(subject), 0.0
            self.deviceLost.emit(lost_of(error))
        except Exception as error:
            failed = describe(error)
            if failed.memory_full and wanted.tries < TRIES:
                self._try_later(wanted, failed)
                return
            self._over(wanted, subject, began)
            self._complain(asked.kind, failed)
            self.lacked.emit(asked)
        else:
            self._complained.pop(asked.kind, None)
            self._over(wanted, subject, began)
            self.answered.emit(asked, found)

    def _found(self, asked: Asked, subject: Subject, progress: CancellableProgress) -> object:
        """The answer by the subject's weights; where the GPU has no room, by a copy of them."""
        answer = resolve(type(asked.question).answered_by)
        told = Circumstances(subject.root, subject.path, progress, subject.moment)
        snapshot, device = subject.snapshot, str(subject.snapshot.device)
        if device != CPU and not self.shortage.lasts:
            try:
                return answer(snapshot, asked.question, told)
            except Exception as error:
                if not self.shortage.begins_by(error, device):
                    raise
            self.shortage.make_room()
            self.fellBack.emit()
        return answer(snapshot.on_cpu(), asked.question, told)

    def _try_later(self, wanted: Wanted, failed: Failed) -> None:
        """Not as one that failed: nobody asked for memory to be taken, and there may be more."""
        with self._wake:
            self._hand = None
            wanted.tries += 1
            wanted.again = time.monotonic() + LATER * wanted.tries
        told = Failed("There is no memory left to answer what is asked.", SOON, trace=failed.trace)
        self._complain(wanted.asked.kind, told)

    def _over(self, wanted: Wanted, subject: Subject, began: float) -> None:
        """What follows the weights waits for newer ones, and for its turn."""
        now = time.monotonic()
        with self._wake:
            self._hand = None
            wanted.answered_of, wanted.tries = weakref.ref(subject), 0
            wanted.due = now + max(REST, SHARE * took(began, now))
            kind = wanted.asked.kind
            if not wanted.asked.follows and self._wanted.get(kind) is wanted:
                del self._wanted[kind]

    def _complain(self, kind: str, told: Failed) -> None:
        """Told once, not by each newer weights."""
        if str(told) != self._complained.get(kind):
            self._complained[kind] = str(told)
            self.failed.emit(told)


class Explorers:
    """All threads, for the one that knows whose weights are shown."""

    def __init__(self) -> None:
        self.threads = tuple(ExploreThread(lane) for lane in Lane)

    def connect(self, asking: Asking, messages: Messages) -> None:
        """Answer what is asked."""
        for thread in self.threads:
            asking.wanted.connect(thread.ask)
            asking.cancelled.connect(thread.cancel)
            thread.answered.connect(asking.answer)
            thread.lacked.connect(asking.lack)
            thread.moved.connect(asking.move)
            thread.failed.connect(messages.show_answer_failure)

    def hold(self) -> None:
        """Another model is on its way."""
        for thread in self.threads:
            thread.hold()

    def training_over(self) -> None:
        """Its memory is there."""
        for thread in self.threads:
            thread.shortage.over()

    def show(self, subject: Subject) -> None:
        """It is here, or newer weights of it."""
        for thread in self.threads:
            thread.show(subject)
