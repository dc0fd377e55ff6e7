"""Asks for the directions of the selected picture, and how it looks along them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from iae_studio.state.direction_rows import DirectionRows
from iae_studio.state.known_factors import SIDES
from iae_studio.state.named_directions import NamedDirections, Side
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import Axes
from trainer.exploring.questions.directions import (
    HERE,
    FoundDirections,
    Strips,
    WhichDirections,
    WhichStrips,
)
from trainer.recipe.recipe import Recipe

SHOWN = 4  # directions with a strip of pictures; the others are behind "more directions"
SOON = 120  # ms after a slider's move: the tiles come first


class Directions(DirectionRows):
    """Asks for directions and strips. While a slider is off 0, its directions stay as they are."""

    taken = Signal()  # the directions of a selection are there
    drawn = Signal(object)  # Strips; None: of another model, or nothing is selected

    def __init__(
        self, state: StudioState, names: NamedDirections, parent: QObject | None = None
    ) -> None:
        super().__init__(state, names, parent)
        self._asked, self._looks = False, True
        self._moved: dict[Side, bool] = {"code": False, "noise": False}
        self._ask_soon, self._draw_soon = QTimer(self), QTimer(self)
        for timer, do in ((self._ask_soon, self._ask), (self._draw_soon, self._draw)):
            timer.setSingleShot(True)
            timer.timeout.connect(do)
        state.query.basisChanged.connect(self._basis_changed)
        state.answers.factsChanged.connect(lambda _: self._tell())
        for cause in (
            *(state.selection.changed, state.displayed.selected, state.answers.factsChanged),
            *(state.query.basisChanged, state.query.noiseChanged, state.time.moved),
        ):
            cause.connect(lambda *_: self._ask_soon.start(0))
        state.query.axesChanged.connect(self._tell)
        state.query.changed.connect(self._query_changed)
        state.displayed.recipeChanged.connect(self._recipe_changed)
        names.changed.connect(self._names_changed)
        state.answers.rendered.connect(lambda _: self._look_again())
        self.factors.changed.connect(self.changed)

    # ---- asking ------------------------------------------------------------------------------

    def look(self, looks: bool) -> None:
        """Whether somebody sees the sliders: while nobody does, nothing is asked."""
        self._looks = looks
        if looks:
            self._ask_soon.start(0)
        else:
            self._leave()

    def _leave(self) -> None:
        for kind in ("WhichDirections", "WhichStrips"):
            self._state.asking.cancel(kind)
        self._asked = False

    def _recipe_changed(self, recipe: Recipe) -> None:
        self._found, self._asked = None, False
        if recipe != self._state.displayed.previous:
            self.drawn.emit(None)
        self.changed.emit()

    def _basis_changed(self) -> None:
        """What is on its way is of another kind."""
        self._state.asking.cancel("WhichDirections")
        self._found, self._asked = None, False
        self._tell()

    def _query_changed(self) -> None:
        """Pictures along the directions; and back at 0 the directions of what is selected."""
        moved = {side: any(self.offsets(side)) for side in SIDES}
        if any(self._moved[side] and not moved[side] for side in SIDES):
            self._ask_soon.start(0)
        self._moved = moved
        self._draw_soon.start(SOON)

    def _look_again(self) -> None:
        """A training took its first steps: only now there is something to find."""
        if self._found is None and not self._asked and self._known:
            self._ask_soon.start(0)

    def _ask(self) -> None:
        chosen = self._state.selection
        known = self._looks and self._known and any(map(self._has, SIDES))
        if chosen.input is None or not known:
            self._leave()
            if chosen.input is None or not self._known:
                self.drawn.emit(
                    None
                )  # pictures of an image that was taken away, or of a later step
            return
        self._asked = True
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
        axes, sizes = {}, {}
        for side in SIDES:
            found, count = self._of(side), len(self.rows(side))
            axes[side] = [self._vector(side, number) for number in range(count)]
            sizes[side] = 0 if found is None else found.axes.shape[1]
        self.factors.ask(axes, sizes)

    # ---- strips ------------------------------------------------------------------------------

    def _draw(self) -> None:
        chosen, asking = self._state.selection, self._state.asking
        code, noise = (tuple(range(min(SHOWN, len(self.rows(side))))) for side in SIDES)
        known = self._looks and self._known and bool(code or noise)
        if chosen.input is None or not known:
            asking.cancel("WhichStrips")
            return
        probe = self._state.answers.probe_of(chosen.row, chosen.column)
        asking.ask(WhichStrips(probe, code, noise), self._show_strips, follows=True)

    def _show_strips(self, strips: Strips) -> None:
        self.drawn.emit(strips)

    # ---- names -------------------------------------------------------------------------------

    def give_name(self, side: Side, number: int, name: str) -> None:
        """Call a direction so, here and for every picture of this model."""
        axis = self._vector(side, number)
        if axis:
            self.names.give(side, axis, name)

    # ---- known factors -----------------------------------------------------------------------

    @property
    def has_factors(self) -> bool:
        """Whether there are directions, and it is known what the images were drawn from."""
        return self.factors.possible and any(map(self._has, SIDES))

    def want_factors(self) -> None:
        """Say which known factor each direction moves, of these and of those to come."""
        self.factors.wanted = True
        self._tell()
