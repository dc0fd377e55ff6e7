"""Which known factor each direction moves, where images were drawn: asked on demand."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from iae_studio.state.named_directions import Axis, Side
from iae_studio.state.studio_state import StudioState
from trainer.exploring.questions.directions import Factor, Factors, WhichFactors
from trainer.messages import Floats
from trainer.recipe.specs import DATA_SETS

SIDES: tuple[Side, Side] = ("code", "noise")
MOST_ASKED = 16  # directions of a side at once
MOST_KNOWN = 512  # directions whose factors are kept: of this picture they are others for each


class KnownFactors(QObject):
    """The factor of every direction that was asked about."""

    changed = Signal()
    asking = Signal(bool)

    def __init__(self, state: StudioState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._known: dict[tuple[Side, Axis], Factor | None] = {}
        self._on_its_way: dict[Side, list[Axis]] = {}
        self.wanted = False
        state.displayed.recipeChanged.connect(lambda _: self._forget())

    @property
    def possible(self) -> bool:
        """Whether it is known what the displayed model's images were drawn from."""
        recipe = self._state.displayed.recipe
        return DATA_SETS[recipe.data.name].drawn and not recipe.two_dimensional

    def of(self, side: Side, axis: Axis) -> Factor | None:
        """What a direction moves; None where nobody knows."""
        return self._known.get((side, axis))

    def ask(self, axes: dict[Side, list[Axis]], sizes: dict[Side, int]) -> None:
        """Ask about those of the directions that are not known; `sizes` are those of vectors."""
        if not self.wanted or not self.possible:
            return
        fresh = {side: self._unknown(side, axes[side]) for side in SIDES}
        if any(fresh.values()) and fresh != self._on_its_way:  # an answer takes seconds
            self._on_its_way = fresh
            code, noise = (_table(fresh[side], sizes[side]) for side in SIDES)
            self.asking.emit(True)
            asked = WhichFactors(code, noise)
            self._state.asking.ask(asked, lambda told: self._read(fresh, told), self.stop)

    def _unknown(self, side: Side, axes: list[Axis]) -> list[Axis]:
        return [axis for axis in axes if axis and (side, axis) not in self._known][:MOST_ASKED]

    def stop(self) -> None:
        """Ask no more."""
        self.wanted, self._on_its_way = False, {}
        self._state.asking.cancel("WhichFactors")
        self.asking.emit(False)

    def _forget(self) -> None:
        self._known.clear()
        self.stop()

    def _read(self, asked: dict[Side, list[Axis]], told: Factors) -> None:
        self._on_its_way = {}
        for side, factors in zip(SIDES, (told.code, told.noise), strict=True):
            for number, axis in enumerate(asked[side]):
                self._known[side, axis] = factors[number] if number < len(factors) else None
        for known in list(self._known)[:-MOST_KNOWN]:
            del self._known[known]
        self.asking.emit(False)
        self.changed.emit()


def _table(axes: list[Axis], size: int) -> Floats:
    return np.array(axes, np.float32).reshape(len(axes), len(axes[0]) if axes else size)
