"""The end of the window: what trains is saved first, then nothing is waited for beyond a moment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QThread
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QProgressDialog

from iae_studio.threads.ending import Deadline, have_ended
from iae_studio.threads.train import TrainingThread
from iae_studio.widgets.elided_label import breakable

log = logging.getLogger("iae-studio")
ASK = QMessageBox.StandardButton
NO_INPUT = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
TURN = 20  # ms between two looks whether the training is saved


class Closing:
    """Ends the threads, which were asked to end.

    What was learned goes first. It is waited for until it is saved: a step of a large network, or
    its checkpoint on a slow disk, may take longer than the grace that all else has. Then a small
    window says so, and offers to end without it. Where it cannot be saved the user decides. Where
    nobody is there to be asked (SIGTERM, SIGHUP, the end of the desktop's session) it is saved
    wherever there is room; where there is none, that is told on stderr, and by the exit code.

    All else is left where it has not ended in time: it reads, draws or waits for a network.
    """

    def __init__(self, training: TrainingThread) -> None:
        self._training = training
        self.unattended = False
        self.lost = ""  # why something could not be saved
        self.rescued: Path | None = None  # where it was, in its folder's place
        self.why = ""

    def let_finish(self, owes: Callable[[], bool]) -> None:
        """What the user had asked to be kept is kept; it is waited for as long as for all else."""
        deadline = Deadline()
        while owes() and not deadline.over:
            QApplication.processEvents(NO_INPUT, TURN)

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
        self.lost = ""

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
        """Whether to try once more: there may be room by now, or in another place."""
        if not self.unattended:
            answer = self._asked(why)
            if answer == ASK.Save:
                place = QFileDialog.getExistingDirectory(None, "A folder to save the run in")
                if place:
                    self._training.command(Path(place))
            if answer != ASK.Discard and not self.unattended:
                return True
            if answer == ASK.Discard:
                return False
        if not self.lost:  # wherever there is room, once
            self.lost = self.why = why
            directly = Qt.ConnectionType.DirectConnection
            self._training.saved.connect(self._saved, directly)
            self._training.command("rescue")
            return True
        return False

    def _saved(self, folder: Path, _: int) -> None:
        self.rescued = folder

    def _asked(self, why: str) -> QMessageBox.StandardButton:
        return QMessageBox.critical(
            None,
            "IAE Studio",
            f"{breakable(why)}\n\nTry again (Retry), save it in another folder (Save), or lose "
            "what is not saved (Discard)?",
            ASK.Retry | ASK.Save | ASK.Discard,
            ASK.Retry,
        )


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
