"""The end of the window: what trains is saved first, then nothing is waited for beyond a moment."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QMessageBox, QProgressDialog

from iae_studio.threads.ending import Deadline, have_ended
from iae_studio.threads.train import TrainingThread
from iae_studio.widgets.elided_label import breakable

log = logging.getLogger("iae-studio")
TURN = 20  # ms between two looks whether the training is saved


class Closing:
    """Ends the threads, which were asked to end.

    What was learned goes first. It is waited for until it is saved: a step of a large network, or
    its checkpoint on a slow disk, may take longer than the grace that all else has. Then a small
    window says so, and offers to end without it. Where it cannot be saved the user decides; where
    nobody is there to be asked (SIGTERM, SIGHUP, the end of the desktop's session) that is told on
    stderr, and by the exit code.

    All else is left where it has not ended in time: it reads, draws or waits for a network.
    """

    def __init__(self, training: TrainingThread) -> None:
        self._training = training
        self.unattended = False
        self.lost = ""  # why something could not be saved

    def end(self, others: Sequence[QThread]) -> bool:
        """Save and end; whether no thread still runs."""
        deadline = Deadline()
        if self._training.isRunning():
            self._end_training(deadline)
        ended = have_ended((self._training, *others), deadline)
        if not ended:
            log.info("Some threads are left as they are: they read, draw or wait for a network.")
        return ended

    def _end_training(self, deadline: Deadline) -> None:
        self._training.ask_to_end()
        while why := self._answer(deadline):
            if not self._again(why):
                self._training.abandon()
                return
            self._training.ask_to_end()

    def _answer(self, deadline: Deadline) -> str:
        """Wait for the save; why it failed, or "" where there is nothing to wait for any more."""
        told: QProgressDialog | None = None
        while (answer := self._training.answer(TURN)) is None:
            if not deadline.over:
                continue
            if not self._training.holds_work:
                break
            told = told or _saying_so()
            QApplication.processEvents()
            if told.wasCanceled():
                break
        if told is not None:
            told.close()
            told.deleteLater()
        return answer or ""

    def _again(self, why: str) -> bool:
        """Whether to try once more: the user may have made room."""
        ask = QMessageBox.StandardButton
        if not self.unattended:
            answer = QMessageBox.critical(
                None,
                "IAE Studio",
                f"{breakable(why)}\n\nTry again, or close and lose what was learned since?",
                ask.Retry | ask.Discard,
                ask.Retry,
            )
            if answer == ask.Retry and not self.unattended:
                return True
        self.lost = why if self.unattended else ""
        return False


def _saying_so() -> QProgressDialog:
    told = QProgressDialog("Saving what was learned…", "End without saving", 0, 0)
    told.setWindowTitle("IAE Studio")
    told.setMinimumDuration(0)
    told.setAutoClose(False)
    told.show()
    return told


def close_questions() -> None:
    """Nobody answers any more: what asks, in dialogs and menus, goes."""
    for _ in range(8):  # a dialog may have opened another
        asking = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if asking is None:
            return
        done = getattr(asking, "done", None)
        if done is not None:
            done(0)
        else:
            asking.close()
