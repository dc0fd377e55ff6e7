"""A style that was borrowed: every input with the noise of one tile."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from iae_studio.state.input_list import Input
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import has_noise
from iae_studio.views.large import LargeView
from iae_studio.views.style_page import StylePage
from iae_studio.views.style_words import seed_name
from trainer.messages import Rendering


class BorrowedStyle(StylePage):
    """Their content, its style: the column of that noise, beginning with the tile it came from."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(state, "borrow", parent)
        self._seed: int | None = None
        self._first: Input | None = None
        self._since = 0  # earlier answers have other noise there
        self._lent: set[int] = set()  # seeds of columns that are locked for this strip alone
        self.strip.setAccessibleName("Every input with the noise that was borrowed")
        self.strip.chosen.connect(self._enlarge)
        self.lay_out()
        state.answers.rendered.connect(self.later)
        state.query.picturesChanged.connect(self.later)
        state.query.noiseChanged.connect(self.later)

    def borrow(self) -> None:
        """Take the selected tile's noise into the first column, and keep it there."""
        state, chosen = self.state, self.state.selection
        if chosen.row < 0 or not has_noise(state.displayed.recipe):
            return
        self._seed, self._first = state.query.seeds[chosen.column], chosen.input
        rendering = state.answers.rendering
        if rendering is not None:
            self._show(rendering, chosen.column)  # the same pictures as will stand in the first
        if chosen.column not in state.query.locked:
            self._lent.add(self._seed)
        state.query.borrow(chosen.column)
        self._since = state.answers.probe().stamp
        chosen.select(chosen.row, 0)

    def end(self) -> None:
        """The columns that were locked for this strip are free again, those of the user stay so."""
        super().end()
        query = self.state.query
        for column in sorted(query.locked):
            if query.seeds[column] in self._lent:
                query.toggle_lock(column)
        self._lent.clear()

    def obstacle(self) -> str:
        if not has_noise(self.state.displayed.recipe):
            return "This model has no noise, so there is no style to borrow."
        if self._seed is None:
            return "Press S: the noise of the selected tile is kept for every input."
        return ""

    def renew(self) -> None:
        query, rendering, seed = self.state.query, self.state.answers.rendering, self._seed
        assert seed is not None  # see `obstacle`
        name = seed_name(self.state, seed)
        place = query.seeds.index(seed) if seed in query.seeds else -1
        if place < 0:
            self.say(f"{name} was not locked, and is gone: press S to borrow the selected tile's.")
            return
        where = "the first column" if place == 0 else f"column {place + 1}"
        kept = "is kept in" if place in query.locked else "is, but not locked, in"
        self.say(f"{name} {kept} {where}: their content, its style.")
        if rendering is not None and rendering.stamp >= self._since:
            self._show(rendering, place)

    def _show(self, rendering: Rendering, place: int) -> None:
        tiles, known = self.state.answers.tiles_of(rendering), self.state.answers.rendered_inputs
        if place >= tiles.shape[1] or not known:
            return
        first = known.index(self._first) if self._first in known else 0
        order = [first, *(line for line in range(len(known)) if line != first)]
        self.show_pictures(tiles[order, place], [known[line].name for line in order])

    def forget(self) -> None:
        super().forget()
        self._since = self.state.answers.probe().stamp + 1

    def _enlarge(self, place: int) -> None:
        name, picture = self.strip.heads()[place], self.strip.pictures()[place]
        LargeView(name, [(name, "style", picture)], self).exec()
