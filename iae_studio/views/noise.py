"""What the noise holds, in amber."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QWidget

from iae_studio.state.directions import Directions
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import MAX_SEED
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, caption, column, heading, row, tool
from iae_studio.views.directions import DirectionsView
from iae_studio.views.help import help_mark
from iae_studio.views.words import noise_hint
from iae_studio.widgets.boxes import NumberBox
from iae_studio.widgets.plain import PlainLabel
from iae_studio.widgets.value_slider import ValueSlider

SEED = 92  # px: six digits and the arrows


class NoiseView(QWidget):
    """Seed, Resample, scale, and directions of the noise."""

    def __init__(
        self, state: StudioState, directions: Directions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        as_panel(self)
        self._displayed, self._query, self._answers = state.displayed, state.query, state.answers
        self.directions = DirectionsView("noise", directions, state.query)
        self.bank = self.directions.bank
        self._controls()
        self._reset = tool("", "reset", "Noise as it was drawn", self._back)
        self._hint = caption()
        layout = column(self)
        head = heading("Noise", "style"), help_mark("noise")
        layout.addLayout(row(*head, None, self._resample, self._reset))
        layout.addWidget(self._hint)
        layout.addLayout(row(PlainLabel("seed"), self._seed, None))
        layout.addWidget(self._scale)
        layout.addWidget(self.directions, 1)
        layout.addStretch()
        self.directions.there.connect(lambda _: self._show_facts())
        self._answers.factsChanged.connect(lambda _: self._show_facts())
        self._query.noiseChanged.connect(self._show)
        self._show()

    def _controls(self) -> None:
        query = self._query
        self._seed = NumberBox()
        self._seed.setObjectName("noiseSeed")
        self._seed.setAccessibleName("Noise seed")
        self._seed.setRange(0, MAX_SEED)
        self._seed.setKeyboardTracking(False)  # one seed is typed, not one for each digit
        theme.follow(self._seed, lambda: self._seed.setMaximumWidth(theme.px(SEED)))
        self._seed.setFont(theme.tabular(self._seed.font()))
        self._seed.setToolTip("The same seed gives the same noise, here and on the command line")
        self._seed.valueChanged.connect(query.set_seed)
        self._resample = button(
            "Resample",
            "dice",
            "New noise in every column that is not locked (Space)",
            query.resample,
            "resampleButton",
        )
        self._scale = ValueSlider("scale", 0.0, 2.0, 1.0, "style", decimals=2)
        self._scale.setObjectName("noiseScale")
        self._scale.setTip("How much noise: 0 is none, 1 as in training")
        self._scale.edited.connect(query.set_noise_scale)

    def _show_facts(self) -> None:
        facts, there = self._answers.facts, not self.directions.isHidden()
        has_noise = facts is not None and (facts.noise > 0 or facts.encoder_noise > 0)
        for part in (self._seed, self._resample, self._scale, self._reset):
            part.setEnabled(has_noise)
        self._hint.setVisible(not there)
        if facts is not None:
            self._hint.setText(noise_hint(facts, self._displayed.recipe))

    def _show(self) -> None:
        with QSignalBlocker(self._seed), QSignalBlocker(self._scale):
            self._seed.setValue(self._query.seed)
            self._scale.setValue(self._query.noise_scale)
        self.directions.show_values()

    def _back(self) -> None:
        self._scale.setValue(1.0)
        self.directions.back()
        self._query.set_noise_scale(1.0)
