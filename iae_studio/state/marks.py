"""Tiles that are held beside the selected one: the other end of a way, and the terms of a sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from iae_studio.state.input_list import Input
from iae_studio.state.inputs import InputImages
from iae_studio.state.query import Query

END = "end"  # of an interpolation, whose beginning is the selected tile
TERMS = ("A", "B", "C")  # of A - B + C


@dataclass(frozen=True)
class Mark:
    """An input, and one of its draws."""

    input: Input
    column: int


class Marks(QObject):
    """Each mark follows its input wherever that goes, and is gone with it.

    While another network has not seen the input yet, the mark is nowhere, and waits.
    """

    changed = Signal()

    def __init__(self, inputs: InputImages, query: Query, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inputs, self._query = inputs, query
        self._held: dict[str, Mark] = {}
        inputs.exchanged.connect(self._follow)
        inputs.changed.connect(self._follow)
        query.columnsChanged.connect(self.changed)

    def put(self, name: str, row: int, column: int) -> None:
        """Hold the tile of that row and column under a name."""
        if 0 <= row < len(self._inputs.images):
            mark = Mark(self._inputs.images[row], max(column, 0))
            if self._held.get(name) != mark:
                self._held[name] = mark
                self.changed.emit()

    def drop(self, *names: str) -> None:
        """Hold these no longer."""
        gone = [name for name in names if self._held.pop(name, None) is not None]
        if gone:
            self.changed.emit()

    def tile(self, name: str) -> tuple[int, int] | None:
        """The row and the column of a mark now; in fewer columns the last one."""
        mark = self._held.get(name)
        if mark is None or mark.input not in self._inputs.images:
            return None
        return self._inputs.images.index(mark.input), min(mark.column, self._query.columns - 1)

    def input(self, name: str) -> Input | None:
        """The input that is marked."""
        place = self.tile(name)
        return None if place is None else self._inputs.images[place[0]]

    def kept(self) -> tuple[tuple[str, Mark], ...]:
        """All marks as they are now, for `restore`."""
        return tuple(sorted(self._held.items(), key=lambda held: held[0]))

    def restore(self, kept: Iterable[tuple[str, Mark]]) -> None:
        """The marks of before, where their inputs are there."""
        held = dict(kept)
        if held != self._held:
            self._held = held
            self._follow()

    def next_term(self) -> str:
        """The first term of a sum that is not there; the last where all are."""
        return next((name for name in TERMS if self.tile(name) is None), TERMS[-1])

    def _follow(self, seen_anew: Sequence[tuple[Input, Input]] = ()) -> None:
        """Other inputs: a mark is elsewhere, or gone."""
        fresh = dict(seen_anew)
        for name, mark in self._held.items():
            self._held[name] = replace(mark, input=fresh.get(mark.input, mark.input))
        found = {name: self._now(mark.input) for name, mark in self._held.items()}
        self._held = {
            name: replace(self._held[name], input=known)
            for name, known in found.items()
            if known is not None
        }
        self.changed.emit()

    def _now(self, known: Input) -> Input | None:
        """What an input has become: a drawing goes on, or is kept under another name."""
        if self._inputs.is_stale(known):
            return known
        images = self._inputs.images
        same = next((each for each in images if each.seen is known.seen), None)
        if same is None and known.drawing:
            return next((each for each in images if each.drawing), None)
        return same
