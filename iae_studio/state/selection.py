"""Which picture all views are about: an input and a column of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from iae_studio.state.input_list import Input
from iae_studio.state.inputs import InputImages
from iae_studio.state.query import Query


class Selection(QObject):
    """One input, and one of its draws. While there are inputs, one of them is selected."""

    changed = Signal()

    def __init__(
        self,
        displayed: Displayed,
        inputs: InputImages,
        query: Query,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._inputs, self._query = inputs, query
        self.row, self.column = -1, 0  # row -1: there are no inputs
        self._input: Input | None = None
        self._held: Input | None = None  # selected again once another network has seen it
        inputs.exchanged.connect(self._follow)
        inputs.changed.connect(self._follow)
        query.columnsChanged.connect(self._fit)
        displayed.recipeChanged.connect(lambda _: self._fit())

    @property
    def input(self) -> Input | None:
        """The selected one of the inputs that the displayed network can see."""
        return self._input

    def select(self, row: int, column: int | None = None) -> None:
        """Select an input; without a column the same draw as before."""
        self._held = None
        self._select(row, column)

    def _select(self, row: int, column: int | None = None) -> None:
        if not 0 <= row < len(self._inputs.images):
            return
        place = self.column if column is None else column
        place = min(max(place, 0), self._query.columns - 1)
        known = self._inputs.images[row]
        if (known, row, place) != (self._input, self.row, self.column):
            self._input, self.row, self.column = known, row, place
            self.changed.emit()

    def restore(self, row: int, column: int) -> None:
        """The tile of before; without inputs the draw that will be selected of the next."""
        if row < 0 and self._input is None:
            self.column = min(max(column, 0), self._query.columns - 1)
        self.select(row, column)

    def select_opened(self, opened: Sequence[Input]) -> None:
        """Who opens images, or keeps a drawing, wants to know about it: the first is selected."""
        for known in opened[:1]:
            if known in self._inputs.images:
                self.select(self._inputs.images.index(known))

    def _follow(self, seen_anew: Sequence[tuple[Input, Input]] = ()) -> None:
        """The same input wherever it is now; else its neighbour."""
        if self._held is not None:
            self._held = dict(seen_anew).get(self._held, self._held)
        images = self._inputs.images
        if self._input is not None and self._inputs.is_stale(self._input):
            self._held = self._input
        if not images:
            if self._input is not None:
                self._input, self.row = None, -1
                self.changed.emit()
            return
        wanted = self._held if self._held in images else self._input
        if self._held is not None and not self._inputs.is_stale(self._held):
            self._held = None
        row = images.index(wanted) if wanted in images else max(self.row, 0)
        self._select(min(row, len(images) - 1))

    def _fit(self) -> None:
        """Fewer columns."""
        self._select(self.row)
        self.column = min(self.column, self._query.columns - 1)
