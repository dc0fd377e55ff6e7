"""A thread for files and data: jobs one after the other, a newer drawing in place of an older."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from iae_studio.threads.failures import describe
from trainer.messages import Failed


class WorkThread(QThread):
    """Runs callables off the GUI thread; each answers by `done(name, result)` or `failed`."""

    done = Signal(str, object)
    failed = Signal(Failed)
    gaveUp = Signal(str)  # the name of a job that failed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: dict[str, list[Callable[[], Any]]] = {}
        self._order: list[str] = []
        self._wake = threading.Condition()
        self._quit = False

    def submit(self, name: str, job: Callable[[], Any], newest_only: bool = False) -> None:
        """Queue a job. With `newest_only` it replaces those of its name that wait."""
        with self._wake:
            waiting = self._jobs.setdefault(name, [])
            if newest_only:
                self._order = [n for n in self._order if n != name]
                waiting.clear()
            waiting.append(job)
            self._order.append(name)
            self._wake.notify()

    def shut_down(self) -> None:
        """End the thread after the job in hand; returns when it has."""
        with self._wake:
            self._quit = True
            self._wake.notify()
        self.wait()

    def run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._order) or self._quit)
                if self._quit:
                    return
                name = self._order.pop(0)
                job = self._jobs[name].pop(0)
            try:
                self.done.emit(name, job())
            except Exception as error:
                self.failed.emit(describe(error))
                self.gaveUp.emit(name)
