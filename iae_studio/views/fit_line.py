"""A quiet line: what a training would take here, and a batch that fits where its own does not."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from iae_studio.state.fitting import SHARED, FitQuestion, Fitting
from iae_studio.views.building_blocks import caption, row
from trainer.recipe.fit import Fit, in_smaller_batches
from trainer.recipe.recipe import Recipe

PAUSE = 500  # ms after the last change until it is asked anew
TRIES = "Will it fit? Trying a few steps…"


class FitLine(QWidget):
    """Follows a recipe; of several questions the newest counts."""

    smallerWanted = Signal(object)  # options by path, with which it fits

    def __init__(self, fitting: Fitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fitting = fitting
        self._recipe: Recipe | None = None
        self._question: FitQuestion | None = None
        self.fit: Fit | None = None  # the answer that is shown
        self._told = caption()
        self._told.setObjectName("fitLine")
        self._smaller = QPushButton()
        self._smaller.setObjectName("fitBatchButton")
        self._smaller.clicked.connect(self._want_smaller)
        self._smaller.hide()
        line = row(self._told, self._smaller)
        line.setStretch(0, 1)
        self.setLayout(line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._ask)

    def follow(self, recipe: Recipe | None) -> None:
        """Ask about another recipe, soon; None: there is none to ask about."""
        if recipe is not None and recipe == self._recipe:
            return
        self.stop()
        self._recipe = recipe
        self._say("" if recipe is None else TRIES)
        if recipe is not None:
            self._timer.start()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._timer.stop()
        if self._question is not None:
            self._question.cancel()
            self._question = None

    def _ask(self) -> None:
        if self._recipe is not None:
            self._question = self._fitting.ask(self._recipe, self._answered)

    def _answered(self, found: Fit | str) -> None:
        question, self._question = self._question, None
        if isinstance(found, str):
            self._say(found)
            return
        shared = question is not None and question.shared and found.device == "cpu"
        self._say(found.told + (f" {SHARED}" if shared and found.fits else ""), found)

    def _say(self, words: str, fit: Fit | None = None) -> None:
        self.fit = fit
        self._told.setText(words)
        wrong = fit is not None and not fit.fits
        self._told.setProperty("role", "error" if wrong else "")
        self._told.style().unpolish(self._told)
        self._told.style().polish(self._told)
        self._smaller.setVisible(bool(fit is not None and fit.batch))
        if fit is not None and fit.batch:
            self._smaller.setText(f"Use a batch of {fit.batch:,}")

    def _want_smaller(self) -> None:
        if self._recipe is not None and self.fit is not None and self.fit.batch:
            self.smallerWanted.emit(in_smaller_batches(self._recipe, self.fit.batch))
