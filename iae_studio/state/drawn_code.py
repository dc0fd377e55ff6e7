"""A code that is drawn, and what it stands for by the newest weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from iae_studio.state.answers import Answers
from iae_studio.state.asking import Asking
from iae_studio.state.displayed import Displayed
from iae_studio.state.query import Query
from trainer.exploring.questions.pad import DrawnCode, DrawnTiles, pen_of
from trainer.messages import Pixels, Probe

KIND = "drawn code"


class CodeDrawing(QObject):
    """Asks about one drawing at a time: a slow model would never answer a pen that does not rest.

    What is drawn meanwhile is asked about as soon as the answer is there; the newest wins.
    """

    changed = Signal()  # other tiles, or none
    drawn = Signal()  # something else is drawn

    def __init__(
        self,
        displayed: Displayed,
        query: Query,
        answers: Answers,
        asking: Asking,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._displayed, self._query = displayed, query
        self._answers, self._asking = answers, asking
        self.picture: Pixels | None = None  # uint8 [H, W, C]; None: nothing is drawn
        self.tiles: DrawnTiles | None = None
        self._waits = False  # for an answer
        self._behind = False  # the answer on its way is to an older question
        self._looks = True
        query.changed.connect(self._ask)
        displayed.selected.connect(self._ask_anew)

    def draw(self, picture: Pixels | None) -> None:
        """This is the drawing from now on."""
        self.picture = picture
        self.drawn.emit()
        self._ask()

    def look(self, looks: bool) -> None:
        """Whether somebody sees the tiles: while nobody does, nothing is asked."""
        self._looks = looks
        if looks:
            self._ask()
        else:
            self._asking.cancel(KIND)
            self._waits = self._behind = False

    @property
    def _wanted(self) -> bool:
        recipe = self._displayed.recipe
        fits = self.picture is not None and self.picture.shape == recipe.image_shape
        return fits and pen_of(recipe) is not None

    def _ask_anew(self) -> None:
        """Another model, or other weights: what was asked is forgotten."""
        self._waits = False
        self._set(None)
        self._ask()

    def _ask(self) -> None:
        if not self._wanted or self.picture is None:
            self._asking.cancel(KIND)
            self._waits = self._behind = False
            self._set(None)
            return
        self._behind = self._waits
        if self._looks and not self._waits:
            self._waits = True
            question = DrawnCode(self.picture, self._probe(self.picture))
            self._asking.ask(question, self._show, self._go_on, kind=KIND, follows=True)

    def _probe(self, picture: Pixels) -> Probe:
        """The columns' noises; without noise in the decoder all would be alike."""
        noisy = self._displayed.recipe.model.noise
        seeds = self._query.seeds[: self._query.columns if noisy else 1]
        nothing = np.empty((0, *picture.shape), np.uint8)
        return replace(self._answers.probe(), images=nothing, noise_seeds=seeds)

    def _show(self, tiles: DrawnTiles) -> None:
        if self._wanted:
            self._set(tiles)
        self._go_on()

    def _go_on(self) -> None:
        self._waits = False
        if self._behind:
            self._ask()

    def _set(self, tiles: DrawnTiles | None) -> None:
        if tiles is not self.tiles:
            self.tiles = tiles
            self.changed.emit()
