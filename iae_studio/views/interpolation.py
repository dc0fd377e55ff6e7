"""What lies between two tiles: the selected one, and one that was marked."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from iae_studio.state.marks import END
from iae_studio.state.studio_state import StudioState
from iae_studio.views.large import LargeView
from iae_studio.views.style_page import StylePage
from iae_studio.views.style_words import moves_of, no_way, same_ends, tile_name, way_words
from iae_studio.widgets.segments import Segments
from trainer.exploring.questions.style import STEPS, Interpolation, Moves, Way

_CHOICES: tuple[tuple[Moves, str, str], ...] = (
    ("code", "code", "The code alone goes, with the noise of the first tile"),
    ("noise", "noise", "The noise alone goes, with the code of the first tile"),
    ("both", "both", "Code and noise go together"),
)


class InterpolationView(StylePage):
    """Nine pictures: straight in the code, on the sphere in the noise, or both."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(state, "interpolate", parent)
        self._wanted: Moves = "both"
        self._switch = Segments()
        self._switch.setObjectName("movesSwitch")
        for name, title, tip in _CHOICES:
            made = self._switch.add(f"{name}Moves", title, tip)
            made.clicked.connect(partial(self.set_moves, name))
        self.strip.setAccessibleName("From the selected tile to the marked one")
        self.strip.chosen.connect(self._enlarge)
        self.lay_out((self._switch,))
        state.marks.changed.connect(self.later)

    def set_moves(self, moves: Moves, *_: object) -> None:
        """What is to go from one tile to the other."""
        self._wanted = moves
        self.later()

    @property
    def moves(self) -> Moves:
        """What goes: as it is wanted, where the model has it."""
        offered = moves_of(self.state.displayed.recipe)
        return self._wanted if self._wanted in offered else (*offered, self._wanted)[0]

    def obstacle(self) -> str:
        chosen, recipe = self.state.selection, self.state.displayed.recipe
        self._switch.offer({f"{name}Moves" for name in moves_of(recipe)})
        self._switch.choose(f"{self.moves}Moves")
        end = self.state.marks.tile(END)
        if no_way(recipe):
            return no_way(recipe)
        if end is None:
            return (
                f"From {tile_name(self.state, chosen.row, chosen.column)} to another tile: "
                "Ctrl+click that one, or select it and press Shift+I."
            )
        return same_ends(recipe, (chosen.row, chosen.column), end, self.moves)

    def renew(self) -> None:
        chosen, end = self.state.selection, self.state.marks.tile(END)
        assert end is not None  # see `obstacle`
        self.say(way_words(self.state, (chosen.row, chosen.column), end, self.moves))
        probe_of = self.state.answers.probe_of
        self.ask(Interpolation(probe_of(chosen.row, chosen.column), probe_of(*end), self.moves))

    def answered(self, way: Way) -> None:
        self.say_again(way.step)
        heads = [f"{round(100 * place / (STEPS - 1))} %" for place in range(STEPS)]
        self.show_pictures(way.pictures, heads)

    def _enlarge(self, place: int) -> None:
        pictures, heads = self.strip.pictures(), self.strip.heads()
        shown = [
            (f"{heads[each]} of the way", "muted", pictures[each])
            for each in sorted({0, place, STEPS - 1})
        ]
        LargeView("Between two tiles", shown, self).exec()
