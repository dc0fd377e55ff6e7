"""What the sliders of code and noise move along, and how the selected tile looks along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from iae_studio.state.named_directions import Axis, NamedDirections, Side
from iae_studio.state.query import Axes
from iae_studio.state.studio_state import StudioState
from trainer.exploring.questions.directions import (
    ALL,
    HERE,
    MOST,
    RAW,
    Factor,
    Factors,
    Found,
    FoundDirections,
    Strips,
    WhichDirections,
    WhichFactors,
    WhichStrips,
)
from trainer.messages import Floats
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS

SHOWN = 4  # directions with a strip of pictures; the others are behind "more directions"
SOON = 120  # ms after a slider's move: the tiles come first
SIDES: tuple[Side, Side] = ("code", "noise")


@dataclass(frozen=True)
class Row:
    """One slider: what it is called, and what it moves along."""

    caption: str
    tip: str
    named: bool = False
    factor: Factor | None = None


class Directions(QObject):
    """Asks for directions and strips. While a slider is off 0, its directions stay as they are."""

    changed = Signal()  # the rows
    taken = Signal()  # the directions of a selection are there
    drawn = Signal(object)  # Strips, None: of another model
    naming = Signal(bool)  # whether it is asked which factors the directions move

    def __init__(
        self, state: StudioState, names: NamedDirections, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._query, self.names = state, state.query, names
        self._found: FoundDirections | None = None
        self._origin: dict[Side, str] = {"code": "", "noise": ""}
        self._factors: dict[tuple[Side, Axis], Factor | None] = {}
        self._wants_factors = False
        self._moved: dict[Side, bool] = {"code": False, "noise": False}
        self._ask_soon, self._draw_soon = QTimer(self), QTimer(self)
        for timer, do in ((self._ask_soon, self._ask), (self._draw_soon, self._draw)):
            timer.setSingleShot(True)
            timer.timeout.connect(do)
        state.query.basisChanged.connect(self._basis_changed)
        state.answers.factsChanged.connect(lambda _: self._tell())
        for cause in (
            *(state.selection.changed, state.displayed.selected, state.answers.factsChanged),
            *(state.query.basisChanged, state.query.noiseChanged),
        ):
            cause.connect(lambda *_: self._ask_soon.start(0))
        state.query.axesChanged.connect(self._tell)
        state.query.changed.connect(self._query_changed)
        state.displayed.recipeChanged.connect(self._recipe_changed)
        names.changed.connect(self._names_changed)

    # ---- what there is -----------------------------------------------------------------------

    def axes(self, side: Side) -> Axes:
        """The directions that are asked for; none while they are the model's own."""
        return self._query.code_axes if side == "code" else self._query.noise_axes

    def offsets(self, side: Side) -> tuple[float, ...]:
        """How far the sliders are moved."""
        return self._query.code_offsets if side == "code" else self._query.noise_offsets

    def basis(self, side: Side) -> str:
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
        """Whether the facts are of what is displayed, and not of what was before."""
        facts, recipe = self._state.answers.facts, self._state.displayed.recipe
        mine = recipe.name, recipe.image_shape
        return facts is not None and (facts.name, facts.image_shape) == mine

    def _has(self, side: Side) -> bool:
        facts = self._state.answers.facts
        if facts is None or facts.image_shape is None or not facts.step:
            return False
        if side == "code":
            return bool(facts.code) and not facts.categorical and not facts.translates
        return facts.noise > 0 or facts.encoder_noise > 0

    def _row(self, side: Side, number: int, axis: Axis | None) -> Row:
        name = self.names.name_of(side, axis) if axis else ""
        raw = self.basis(side) == RAW
        caption = name or (f"z{number + 1}" if raw else str(number + 1))
        factor = self._factors.get((side, axis or self._vector(side, number)))
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

    # ---- asking ------------------------------------------------------------------------------

    def _recipe_changed(self, recipe: Recipe) -> None:
        self._found = None
        self._factors.clear()
        self.stop_factors()
        if recipe != self._state.displayed.previous:
            self.drawn.emit(None)
        self.changed.emit()

    def _basis_changed(self) -> None:
        """What is on its way is of another kind."""
        self._state.asking.cancel("WhichDirections")
        self._found = None
        self._tell()

    def _query_changed(self) -> None:
        """Pictures along the directions; and back at 0 the directions of what is selected."""
        moved = {side: any(self.offsets(side)) for side in SIDES}
        if any(self._moved[side] and not moved[side] for side in SIDES):
            self._ask_soon.start(0)
        self._moved = moved
        self._draw_soon.start(SOON)

    def _ask(self) -> None:
        chosen = self._state.selection
        if chosen.input is None or not self._known or not any(map(self._has, SIDES)):
            self._state.asking.cancel("WhichDirections")
            self._state.asking.cancel("WhichStrips")
            return
        probe = self._state.answers.probe_of(chosen.row, chosen.column)
        query, name = self._query, chosen.input.name
        asked = WhichDirections(probe, query.code_basis, query.noise_basis)
        self._state.asking.ask(asked, lambda found: self._take(found, name), self._draw)

    def _take(self, found: FoundDirections, origin: str) -> None:
        self._found = found
        for side in SIDES:
            if not any(self.offsets(side)):
                self._origin[side] = origin
            self._apply(side)
        self._tell()
        self.taken.emit()
        self._draw()

    def _apply(self, side: Side) -> None:
        """Move along what was found and what has a name, unless something is moved already."""
        found = self._of(side)
        if found is None:
            return
        axes, offsets, basis = self.axes(side), self.offsets(side), self.basis(side)
        known: Axes = tuple(map(tuple, found.axes.tolist()))
        named = [each.axis for each in self.names.of(side, found.axes.shape[1])]
        if any(offsets):
            if not axes and (basis == HERE or not named):
                return
            base = axes or known
        elif basis == HERE or named:
            base = known
        else:
            base, named = (), []  # the model's own, which need not be given
        wanted = (*base, *(axis for axis in named if axis not in base))
        if wanted != axes:
            set_axes = self._query.set_code_axes if side == "code" else self._query.set_noise_axes
            set_axes(wanted, offsets if any(offsets) else ())

    def _names_changed(self) -> None:
        for side in SIDES:
            self._apply(side)
        self._tell()

    def _tell(self) -> None:
        self.changed.emit()
        self._ask_factors()

    # ---- strips ------------------------------------------------------------------------------

    def _draw(self) -> None:
        chosen, asking = self._state.selection, self._state.asking
        code, noise = (tuple(range(min(SHOWN, len(self.rows(side))))) for side in SIDES)
        if chosen.input is None or not self._known or not (code or noise):
            asking.cancel("WhichStrips")
            return
        probe = self._state.answers.probe_of(chosen.row, chosen.column)
        asking.ask(WhichStrips(probe, code, noise), self._show_strips, follows=True)

    def _show_strips(self, strips: Strips) -> None:
        self.drawn.emit(strips)

    # ---- names and factors -------------------------------------------------------------------

    def give_name(self, side: Side, number: int, name: str) -> None:
        """Call a direction so, here and for every picture of this model."""
        axis = self._vector(side, number)
        if axis:
            self.names.give(side, axis, name)

    @property
    def has_factors(self) -> bool:
        """Whether it is known what the displayed model's images were drawn from."""
        recipe = self._state.displayed.recipe
        drawn = DATA_SETS[recipe.data.name].drawn and not recipe.two_dimensional
        return drawn and (self._has("code") or self._has("noise"))

    def want_factors(self) -> None:
        """Say which known factor each direction moves, of these and of those to come."""
        self._wants_factors = True
        self._ask_factors()

    def stop_factors(self) -> None:
        """Say it no more."""
        self._wants_factors = False
        self._state.asking.cancel("WhichFactors")
        self.naming.emit(False)

    def _ask_factors(self) -> None:
        if not self._wants_factors or not self.has_factors:
            return
        fresh = {side: self._unread(side) for side in SIDES}
        if not any(fresh.values()):
            return
        known = self._found
        sizes = {"code": 0, "noise": 0}
        if known is not None:
            sizes = {"code": known.code.axes.shape[1], "noise": known.noise.axes.shape[1]}
        asked = WhichFactors(*(_table(fresh[side], sizes[side]) for side in SIDES))
        self.naming.emit(True)
        self._state.asking.ask(asked, lambda told: self._read(fresh, told), self.stop_factors)

    def _unread(self, side: Side) -> list[Axis]:
        every = (self._vector(side, number) for number in range(len(self.rows(side))))
        return [axis for axis in every if axis and (side, axis) not in self._factors][: 2 * MOST]

    def _read(self, asked: dict[Side, list[Axis]], told: Factors) -> None:
        for side, factors in zip(SIDES, (told.code, told.noise), strict=True):
            for axis, factor in zip(asked[side], factors, strict=False):
                self._factors[side, axis] = factor
            for axis in asked[side][len(factors) :]:
                self._factors[side, axis] = None
        self.naming.emit(False)
        self.changed.emit()


def _table(axes: list[Axis], size: int) -> Floats:
    return np.array(axes, np.float32).reshape(len(axes), len(axes[0]) if axes else size)
