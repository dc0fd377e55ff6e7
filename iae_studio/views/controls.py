"""The right side: this picture, what its code holds (blue) and what its noise holds (amber)."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from iae_studio.state.directions import Directions
from iae_studio.state.messages import Message
from iae_studio.state.named_directions import NamedDirections
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import as_panel
from iae_studio.views.code import CodeView
from iae_studio.views.factors import FactorsView
from iae_studio.views.noise import NoiseView
from iae_studio.views.share import ShareView
from trainer.exploring.questions.directions import ALL, HERE

SUBJECT = "Directions"


class ControlsView(QWidget):
    """How much is noise, then the code, then the noise."""

    def __init__(
        self, state: StudioState, submit: Submit | None = None, parent: QWidget | None = None
    ) -> None:
        """Names of directions are kept by `submit`; without it they end with the program."""
        super().__init__(parent)
        as_panel(self)
        self._query, self._messages = state.query, state.messages
        self.directions = Directions(state, NamedDirections(state.displayed, submit, self), self)
        self.share = ShareView(state)
        self.code = CodeView(state, self.directions)
        self.noise = NoiseView(state, self.directions)
        self.factors = FactorsView(state, self.directions)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.share, self.factors, self.code, self.noise):
            layout.addWidget(part)
        layout.addStretch(1)
        act(
            self,
            SUBJECT,
            "Directions of this picture, or of all",
            "D",
            self._toggle,
            "Sliders along what changes the selected picture the most, or along the mean ones",
        )
        act(
            self,
            SUBJECT,
            "Name the direction",
            "N",
            self._name,
            "Give a name to the direction whose slider has the keyboard",
        )
        act(
            self,
            SUBJECT,
            "More directions of the code",
            "Ctrl+Shift+D",
            self.code.directions.unfold,
        )
        act(
            self,
            SUBJECT,
            "More directions of the noise",
            "Ctrl+Shift+N",
            self.noise.directions.unfold,
        )
        act(
            self,
            SUBJECT,
            "What the directions move",
            "Shift+D",
            self.factors.ask,
            "Of drawn images: the known factor that each direction moves",
        )

    def _toggle(self) -> None:
        basis = ALL if HERE in (self._query.code_basis, self._query.noise_basis) else HERE
        self.code.directions.choose(basis)
        self.noise.directions.choose(basis)

    def _name(self) -> None:
        if not (self.code.directions.name_focused() or self.noise.directions.name_focused()):
            self._messages.show_message(
                Message("Click a slider first, then N names its direction.")
            )
