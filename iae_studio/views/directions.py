"""The sliders of one side, code or noise: strips first, more of them on demand."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from iae_studio.state.direction_rows import Row
from iae_studio.state.directions import SHOWN, Directions
from iae_studio.state.named_directions import Side
from iae_studio.state.query import Query
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, row
from iae_studio.views.help import help_mark
from iae_studio.widgets.plain import plain
from iae_studio.widgets.segments import Segments
from iae_studio.widgets.sheet import to_image
from iae_studio.widgets.sliders import SliderBank
from iae_studio.widgets.tool_button import ToolButton
from trainer.exploring.questions.directions import ALL, HERE, RAW, Basis, Strips

CLEAR = 0.3  # a weaker correlation tells nothing
ROLES: dict[Side, str] = {"code": "content", "noise": "style"}
STAYS = "Sliders start at 0. While one is off 0, its directions stay, whatever is selected."
BASES: dict[Basis, tuple[str, str]] = {
    HERE: ("this one", f"What changes the selected picture the most (D). {STAYS}"),
    ALL: ("all", "The mean directions of the model, the same for every picture (D)."),
    RAW: ("raw", "One slider for each number of the code, as the encoder gives it."),
}


class DirectionsView(QWidget):
    """A choice of basis, and the bank `codeSliders` or `noiseSliders`."""

    there = Signal(bool)  # whether there are sliders

    def __init__(
        self, side: Side, directions: Directions, query: Query, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._side, self._directions, self._query = side, directions, query
        self._unfolded = False
        self._rows: list[Row] | None = None
        self.bank = SliderBank(ROLES[side])
        self.bank.setObjectName(f"{side}Sliders")
        self.bank.strips.setObjectName(f"{side}Strips")
        what = "Latent code" if side == "code" else "Noise"
        self.bank.setAccessibleName(f"{what}, in standard deviations")
        self.bank.edited.connect(self._set)
        self.bank.renamed.connect(lambda k, name: directions.give_name(side, k, name))
        self._switch = self._basis_switch()
        self._held = caption()
        self._more = self._more_button()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addLayout(row(self._switch, None))
        layout.addWidget(self._held)
        layout.addWidget(self.bank, 1)
        mark = [help_mark("directions")] if side == "code" else []
        layout.addLayout(row(self._more, None, *mark))
        directions.changed.connect(self.show_rows)
        directions.drawn.connect(self._draw)
        query.changed.connect(self.show_values)
        self.show_rows()

    def _basis_switch(self) -> Segments:
        switch = Segments()
        switch.setObjectName(f"{self._side}Basis")
        for basis, (title, tip) in BASES.items():
            if basis != RAW or self._side == "code":
                made = switch.add(basis, title, tip)
                made.setObjectName(f"{self._side}{basis.title()}Button")
        switch.chosen.connect(self.choose)
        return switch

    def _more_button(self) -> QToolButton:
        made = ToolButton()
        made.setObjectName(f"{self._side}More")
        made.setProperty("folds", True)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setToolTip(plain("The weaker directions, and those that have a name"))
        made.clicked.connect(self.unfold)
        return made

    # ---- hands -------------------------------------------------------------------------------

    def choose(self, basis: Basis) -> None:
        """Move along another kind of directions."""
        if basis != self._directions.basis(self._side):
            set_basis = (
                self._query.set_code_basis if self._side == "code" else self._query.set_noise_basis
            )
            set_basis(basis)

    def unfold(self) -> None:
        """Show the directions without a strip too, or hide them."""
        self._unfolded = not self._unfolded
        self._fold()

    def name_focused(self) -> bool:
        """Let the direction be named whose slider has the keyboard; False where none has it."""
        for each in self.bank.rows():
            inside = self.window().focusWidget()
            if inside is not None and each.isAncestorOf(inside):
                each.begin_naming()
                return True
        return False

    def back(self) -> None:
        """All sliders to 0; then the directions are those of the selected picture."""
        self.bank.reset()
        self._set(())

    def _set(self, offsets: tuple[float, ...]) -> None:
        if self._side == "code":
            self._query.set_code_offsets(offsets)
        else:
            self._query.set_noise_offsets(offsets)

    # ---- what is shown -----------------------------------------------------------------------

    def show_rows(self) -> None:
        """The rows as they are; those that stay are left alone."""
        rows = self._directions.rows(self._side)
        self._switch.choose(self._directions.basis(self._side))
        if rows != self._rows:
            named = self._rows is not None and _named(rows) > _named(self._rows)
            self._rows = rows
            self.bank.setRows([each.caption for each in rows], [_tip(each) for each in rows])
            self.bank.setNotes([_note(each) for each in rows])
            self._unfolded = self._unfolded or named
            self._fold()
        self.show_values()
        self.setVisible(bool(rows))
        self.there.emit(bool(rows))

    def show_values(self) -> None:
        """Where the sliders are."""
        offsets, count = self._directions.offsets(self._side), len(self.bank.rows())
        self.bank.setValues((*offsets, *(0.0 for _ in range(count)))[:count])
        held = self._directions.held(self._side)
        self._held.setVisible(bool(held))
        if held:
            self._held.setText(f"Directions of {held}, as long as a slider is off 0.")

    def _fold(self) -> None:
        count = len(self.bank.rows())
        self.bank.setStrips(min(SHOWN, count), self._unfolded)
        self._more.setVisible(count > SHOWN)
        many = "direction" if count - SHOWN == 1 else "directions"
        words = "fewer directions" if self._unfolded else f"{count - SHOWN} more {many}"
        self._more.setText(words)
        theme.set_icon(self._more, "chevron-up" if self._unfolded else "chevron-down", "muted")

    def _draw(self, strips: Strips | None) -> None:
        if strips is None:
            self.bank.setPictures([])
            return
        rows = strips.code if self._side == "code" else strips.noise
        if len(rows) == min(SHOWN, len(self.bank.rows())):
            self.bank.setPictures([[to_image(each) for each in pictures] for pictures in rows])


def _named(rows: list[Row]) -> int:
    """How many of those without a strip have a name."""
    return sum(each.named for each in rows[SHOWN:])


def _note(shown: Row) -> str:
    factor = shown.factor
    if factor is None or abs(factor.correlation) < CLEAR:
        return ""
    number = f"{factor.correlation:.2f}".replace("-", "\N{MINUS SIGN}")
    return f"{factor.name.replace('_', ' ')} {number}"


def _tip(shown: Row) -> str:
    name = "Double click on the name, or N, to give it another."
    return f"{shown.tip}\n{name}" if shown.tip else name
