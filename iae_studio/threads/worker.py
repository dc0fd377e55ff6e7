"""A thread for files and data: jobs one after the other, each with what is to follow it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QThread, Signal

from iae_studio.state.cancelling import CancelledError
from iae_studio.threads.failures import describe
from iae_studio.threads.giving_back import give_back_much
from trainer.messages import Failed

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Job:
    work: Callable[[], Any]
    then: Callable[[Any], object] | None
    otherwise: Callable[[], object] | None
    newest: str


class WorkThread(QThread):
    """Runs jobs off the GUI thread; what follows a job runs on the GUI thread again."""

    failed = Signal(Failed)
    _over = Signal(object, object)  # what follows, with which arguments

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._hand: _Job | None = None
        self._quit = False
        self._over.connect(self._follow)

    def submit(
        self,
        job: Callable[[], T],
        then: Callable[[T], object] | None = None,
        otherwise: Callable[[], object] | None = None,
        newest: str = "",
    ) -> None:
        """Queue a job: its result goes to `then`; where it fails or is cancelled, `otherwise` runs.

        A failure is told by `failed` as well. A job takes the place of those that wait under the
        same name `newest`.
        """
        with self._wake:
            if self._quit:
                return
            if newest:
                self._jobs = deque(known for known in self._jobs if known.newest != newest)
            self._jobs.append(_Job(job, then, otherwise, newest))
            self._wake.notify()

    @property
    def owes(self) -> bool:
        """Whether a job that no newer one would replace is not done yet: a file to write, say."""
        with self._wake:
            hand = () if self._hand is None else (self._hand,)
            return self.isRunning() and any(not job.newest for job in (*hand, *self._jobs))

    def ask_to_end(self, after_all: bool = False) -> None:
        """End after the job in hand, or `after_all` that wait; returns at once.

        No job is followed from now on.
        """
        with self._wake:
            self._quit = True
            if not after_all:
                self._jobs.clear()
            self._wake.notify()

    def run(self) -> None:
        """On the thread."""
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._jobs) or self._quit)
                if not self._jobs:
                    return
                job = self._hand = self._jobs.popleft()
            self._do(job)
            with self._wake:
                self._hand = None
            give_back_much()  # a film, or an evaluation, may have taken it

    def _do(self, job: _Job) -> None:
        try:
            result = job.work()
        except Exception as error:
            if not isinstance(error, CancelledError):
                self.failed.emit(describe(error))
            self._over.emit(job.otherwise, ())
        else:
            self._over.emit(job.then, (result,))

    def _follow(self, follow: Callable[..., object] | None, arguments: tuple[object, ...]) -> None:
        """This object lives on the GUI thread, and so does what runs here."""
        if follow is not None and not self._quit:
            follow(*arguments)
