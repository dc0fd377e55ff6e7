"""Which size to choose for own images: what a training takes here with each, in a line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from iae_studio.state.fitting import FitQuestion, Fitting
from iae_studio.views.building_blocks import caption, column
from trainer.recipe.fit import Fit, in_time
from trainer.recipe.recipe import Recipe

SIZES = (28, 32, 48, 64)  # px: those that are spoken of, beside the chosen one
KEPT = "\N{NO-BREAK SPACE}"  # between a number and its unit
PAUSE = 700  # ms after the last change


class SizeFits(QWidget):
    """`sizeFits`; asks about one size after the other, the chosen one first."""

    def __init__(self, fitting: Fitting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fitting = fitting
        self._recipes: list[Recipe] = []  # of the sizes, to be asked about
        self._found: list[tuple[Recipe, Fit]] = []
        self._question: FitQuestion | None = None
        self._line = caption()
        self._line.setObjectName("sizeFits")
        column(self, pad=0, gap=0).addWidget(self._line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._ask)

    def follow(self, make: Callable[[int], Recipe | None], size: int, fixed: bool = False) -> None:
        """`make` gives the recipe of a size; `fixed`: there is no choice of another."""
        others = () if fixed else [each for each in SIZES if each != size]
        made = [make(each) for each in (size, *others)]
        recipes = [recipe for recipe in made if recipe is not None]
        if recipes == self._recipes:
            return
        self.stop()
        self._recipes, self._found = recipes, []
        self._line.setText("How long will it take? Trying a few steps…" if recipes else "")
        self._timer.start()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._timer.stop()
        if self._question is not None:
            self._question.cancel()
            self._question = None

    def _ask(self) -> None:
        if len(self._found) < len(self._recipes):
            self._question = self._fitting.ask(self._recipes[len(self._found)], self._answered)

    def _answered(self, found: Fit | str) -> None:
        self._question = None
        if isinstance(found, str):
            self._line.setText(found)
            return
        self._found.append((self._recipes[len(self._found)], found))
        self._line.setText(suggestion(self._found))
        self._ask()


def suggestion(found: list[tuple[Recipe, Fit]]) -> str:
    """In words: "64 px: about 2 h for 12,000 steps on the CPU; 32 px: 25 min"."""
    parts = list[str]()
    for recipe, fit in found:
        words = in_time(fit.seconds) if fit.fits else "too large for the memory"
        if fit.batch:
            words = f"fits in batches of {fit.batch:,} only"
        size = f"{recipe.data.size}{KEPT}px"
        if fit.fits:
            words = words.replace(" ", KEPT)
        if fit.fits and not parts:
            where = "on the CPU" if fit.device == "cpu" else "on the GPU"
            words = f"about {words} for {fit.steps:,} steps {where}"
        parts.append(f"{size}: {words}")
    return "; ".join(parts) + "."
