"""What the sliders of code and noise move along: the rows, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from iae_studio.state.known_factors import KnownFactors
from iae_studio.state.named_directions import Axis, NamedDirections, Side
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import Axes
from trainer.exploring.questions.directions import (
    ALL,
    HERE,
    MOST,
    RAW,
    Basis,
    Factor,
    Found,
    FoundDirections,
)


@dataclass(frozen=True)
class Row:
    """One slider: what it is called, and what it moves along."""

    caption: str
    tip: str
    named: bool = False
    factor: Factor | None = None


class DirectionRows(QObject):
    """The directions as they stand, by what was found and by what the query moves along."""

    changed = Signal()  # the rows

    def __init__(
        self, state: StudioState, names: NamedDirections, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._query = state, state.query
        self.names, self.factors = names, KnownFactors(state, self)
        self._found: FoundDirections | None = None
        self._origin: dict[Side, str] = {"code": "", "noise": ""}

    def axes(self, side: Side) -> Axes:
        """The directions that are asked for; none while they are the model's own."""
        return self._query.code_axes if side == "code" else self._query.noise_axes

    def offsets(self, side: Side) -> tuple[float, ...]:
        """How far the sliders are moved."""
        return self._query.code_offsets if side == "code" else self._query.noise_offsets

    def basis(self, side: Side) -> Basis:
        """Which kind of directions is wanted."""
        return self._query.code_basis if side == "code" else self._query.noise_basis

    def held(self, side: Side) -> str:
        """The picture whose directions are still moved along, where another one is selected."""
        chosen = self._state.selection.input
        moved = any(self.offsets(side)) and self.basis(side) == HERE
        here = chosen is not None and chosen.name == self._origin[side]
        return self._origin[side] if moved and self.axes(side) and not here else ""

    def rows(self, side: Side) -> list[Row]:
        """One for each slider, strongest first, named ones that are no others of these at last."""
        if not self._has(side):
            return []
        axes = self.axes(side)
        if axes:
            return [self._row(side, number, axis) for number, axis in enumerate(axes)]
        facts = self._state.answers.facts
        assert facts is not None
        spread = facts.code_spread if side == "code" else facts.noise_spread
        found = self._of(side)
        none_here = self.basis(side) == HERE and found is not None and not len(found.axes)
        if not spread or none_here:
            return []  # no direction changes this picture
        count = facts.code if side == "code" else len(spread)
        if self.basis(side) != RAW:
            count = min(count, MOST)
        return [self._row(side, number, None) for number in range(count)]

    @property
    def _known(self) -> bool:
        """Whether the facts are of what is displayed, and it has learned something."""
        facts, recipe = self._state.answers.facts, self._state.displayed.recipe
        if facts is None or not facts.step:
            return False
        return (facts.name, facts.image_shape) == (recipe.name, recipe.image_shape)

    def _has(self, side: Side) -> bool:
        facts = self._state.answers.facts
        if facts is None or facts.image_shape is None:
            return False
        if not (facts.step or facts.code_spread or facts.noise_spread):
            return False  # untrained
        if side == "code":
            return bool(facts.code) and not facts.categorical and not facts.translates
        return facts.noise > 0 or facts.encoder_noise > 0

    def _row(self, side: Side, number: int, axis: Axis | None) -> Row:
        name = self.names.name_of(side, axis) if axis else ""
        raw = self.basis(side) == RAW
        caption = name or (f"z{number + 1}" if raw else str(number + 1))
        factor = self.factors.of(side, axis or self._vector(side, number))
        return Row(caption, self._tip(side, number), bool(name), factor)

    def _tip(self, side: Side, number: int) -> str:
        basis, facts, found = self.basis(side), self._state.answers.facts, self._of(side)
        if basis == RAW:
            return "one number of the code, as the encoder gives it"
        if facts is not None and (basis == ALL or not self.axes(side)):
            shares = facts.code_spread if side == "code" else facts.noise_spread
            of = "the codes' variance" if side == "code" else "the noise's effect"
            return f"{shares[number]:.0%} of {of}" if number < len(shares) else ""
        if found is None or number >= len(found.strength):
            return ""
        share = found.strength[number] / found.strength[0]
        return f"changes this picture {share:.0%} as much as the strongest direction does"

    def _of(self, side: Side) -> Found | None:
        if self._found is None:
            return None
        return self._found.code if side == "code" else self._found.noise

    def _vector(self, side: Side, number: int) -> Axis:
        """The direction of a row; empty where it is not known yet."""
        axes, found = self.axes(side), self._of(side)
        if axes:
            return axes[number] if number < len(axes) else ()
        known = found is not None and number < len(found.axes)
        return tuple(found.axes[number].tolist()) if known and found is not None else ()
