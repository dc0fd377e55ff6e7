"""What the code holds, in blue."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from iae_studio.state.directions import Directions
from iae_studio.state.studio_state import StudioState
from iae_studio.views.building_blocks import as_panel, caption, column, heading, row, tool
from iae_studio.views.directions import DirectionsView
from iae_studio.views.help import help_mark
from iae_studio.views.words import code_hint


class CodeView(QWidget):
    """Directions of the code; or why there are none."""

    def __init__(
        self, state: StudioState, directions: Directions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        as_panel(self)
        self._displayed, self._answers = state.displayed, state.answers
        self.directions = DirectionsView("code", directions, state.query)
        self.bank = self.directions.bank
        self._reset = tool("", "reset", "Back to the images' own codes", self.directions.back)
        self._hint = caption()
        layout = column(self)
        layout.addLayout(row(heading("Code", "content"), help_mark("code"), None, self._reset))
        layout.addWidget(self._hint)
        layout.addWidget(self.directions, 1)
        layout.addStretch()
        self.directions.there.connect(lambda _: self._show())
        state.answers.factsChanged.connect(lambda _: self._show())
        state.displayed.recipeChanged.connect(lambda _: self._show())
        self._show()

    def _show(self) -> None:
        facts, there = self._answers.facts, not self.directions.isHidden()
        self._reset.setVisible(there)
        self._hint.setVisible(not there)
        words = "Waiting for a model."
        self._hint.setText(words if facts is None else code_hint(facts, self._displayed.recipe))
