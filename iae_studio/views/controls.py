"""The right side: what the code holds (blue) and what the noise holds (amber)."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QSpinBox, QVBoxLayout, QWidget

from iae_studio.state.answers import Answers
from iae_studio.state.displayed import Displayed
from iae_studio.state.query import MAX_SEED, Query, has_noise
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, caption, column, heading, row, tool
from iae_studio.views.words import code_hint, noise_hint
from iae_studio.widgets.gauge import Gauge
from iae_studio.widgets.plain import PlainLabel
from iae_studio.widgets.sliders import SliderBank, ValueSlider
from trainer.messages import ModelFacts, Rendering
from trainer.recipe.recipe import Recipe

SHOWN = 8  # directions offered as sliders


class CodeView(QWidget):
    """Sliders along the principal directions of the codes seen, or along raw dimensions."""

    def __init__(
        self, displayed: Displayed, query: Query, answers: Answers, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        as_panel(self)
        self._displayed, self._query, self._answers = displayed, query, answers
        self.bank = SliderBank("content")
        self.bank.setObjectName("codeSliders")
        self.bank.setAccessibleName("Latent code, in standard deviations")
        self.bank.edited.connect(query.set_code_offsets)
        self._raw = QCheckBox("raw dimensions")
        self._raw.setToolTip(
            "One slider for each number of the code, in place of the directions in which\n"
            "the codes of real images differ most"
        )
        self._raw.toggled.connect(query.set_raw_code)
        self._reset = tool("", "reset", "Back to the images' own codes", self._back)
        self._hint = caption()
        layout = column(self)
        layout.addLayout(row(heading("Code", "content"), None, self._reset))
        layout.addWidget(self._hint)
        layout.addWidget(self._raw)
        layout.addWidget(self.bank, 1)
        layout.addStretch()
        answers.factsChanged.connect(self.show_facts)
        query.rawChanged.connect(self._raw_changed)
        displayed.recipeChanged.connect(self._recipe_changed)
        self._recipe_changed(displayed.recipe)

    def show_facts(self, facts: ModelFacts) -> None:
        """One slider a direction, its share of the variance in the tool tip."""
        usable = bool(facts.code_spread) and not facts.categorical and not facts.translates
        if not usable:
            captions, tips = [], []
        elif self._query.raw_code:
            captions = [f"z{i + 1}" for i in range(facts.code)]
            tips = ["one number of the code, as the encoder gives it"] * len(captions)
        else:
            captions = [str(i + 1) for i in range(min(SHOWN, facts.code))]
            tips = [f"{share:.0%} of the codes' variance" for share in facts.code_spread]
        self.bank.setRows(captions, tips[: len(captions)])
        self.bank.setValues(_padded(self._query.code_offsets, len(captions)))
        self.bank.setVisible(usable)
        self._raw.setVisible(usable)
        self._reset.setVisible(usable)
        self._hint.setText(code_hint(facts, self._displayed.recipe))

    def _raw_changed(self) -> None:
        with QSignalBlocker(self._raw):
            self._raw.setChecked(self._query.raw_code)
        if self._answers.facts is not None:
            self.show_facts(self._answers.facts)

    def _recipe_changed(self, recipe: Recipe) -> None:
        self.bank.setValues(_padded(self._query.code_offsets, len(self.bank.rows())))
        if self._answers.facts is None:
            self._hint.setText("Waiting for a model.")

    def _back(self) -> None:
        self.bank.reset()
        self._query.set_code_offsets(())


class NoiseView(QWidget):
    """Seed, Resample, scale, and sliders along the noise directions of strongest effect."""

    def __init__(
        self, displayed: Displayed, query: Query, answers: Answers, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        as_panel(self)
        self._displayed, self._query, self._answers = displayed, query, answers
        self._seed = QSpinBox()
        self._seed.setObjectName("noiseSeed")
        self._seed.setAccessibleName("Noise seed")
        self._seed.setRange(0, MAX_SEED)
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
        self.bank = SliderBank("style")
        self.bank.setObjectName("noiseSliders")
        self.bank.setAccessibleName("Noise, in standard deviations")
        self.bank.edited.connect(query.set_noise_offsets)
        self._reset = tool("", "reset", "Noise as it was drawn", self._back)
        self._hint = caption()
        layout = column(self)
        layout.addLayout(row(heading("Noise", "style"), None, self._resample, self._reset))
        layout.addWidget(self._hint)
        layout.addLayout(row(PlainLabel("seed"), self._seed, None))
        layout.addWidget(self._scale)
        layout.addWidget(self.bank, 1)
        layout.addStretch()
        answers.factsChanged.connect(self.show_facts)
        query.noiseChanged.connect(self._show)
        self._show()

    def show_facts(self, facts: ModelFacts) -> None:
        """As many sliders as there are directions with an effect."""
        count = min(SHOWN, len(facts.noise_spread))
        tips = [f"{share:.0%} of the noise's effect" for share in facts.noise_spread[:count]]
        self.bank.setRows([str(i + 1) for i in range(count)], tips)
        self.bank.setValues(_padded(self._query.noise_offsets, count))
        self.bank.setVisible(count > 0)
        has_noise = facts.noise > 0 or facts.encoder_noise > 0
        for part in (self._seed, self._resample, self._scale, self._reset):
            part.setEnabled(has_noise)
        self._hint.setText(noise_hint(facts, self._displayed.recipe))

    def _show(self) -> None:
        with QSignalBlocker(self._seed), QSignalBlocker(self._scale):
            self._seed.setValue(self._query.seed)
            self._scale.setValue(self._query.noise_scale)
        self.bank.setValues(_padded(self._query.noise_offsets, len(self.bank.rows())))

    def _back(self) -> None:
        self.bank.reset()
        self._scale.setValue(1.0)
        self._query.set_noise_offsets(())
        self._query.set_noise_scale(1.0)


class ShareView(QWidget):
    """The gauge `noiseShare`: how much of the pictures comes from the noise."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self._displayed = state.displayed
        self.gauge = Gauge()
        self.gauge.setObjectName("noiseShare")
        column(self).addWidget(self.gauge)
        self.hide()
        state.answers.rendered.connect(self._show)
        state.displayed.recipeChanged.connect(lambda _: self.hide())

    def _show(self, rendering: Rendering) -> None:
        share = rendering.noise_share
        self.setVisible(rendering.step > 0 and has_noise(self._displayed.recipe))
        self.gauge.setShare(float(share.mean()) if len(share) else None)


class ControlsView(QWidget):
    """How much is noise, then the code, then the noise."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        displayed, query, answers = state.displayed, state.query, state.answers
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.share = ShareView(state)
        layout.addWidget(self.share)
        self.code = CodeView(displayed, query, answers)
        self.noise = NoiseView(displayed, query, answers)
        layout.addWidget(self.code)
        layout.addWidget(self.noise)
        layout.addStretch()
        self._panels = layout
        answers.factsChanged.connect(self._share_room)

    def _share_room(self) -> None:
        """Room goes to the panels that have sliders."""
        banks = self.code.bank, self.noise.bank
        for place, bank in enumerate(banks):
            self._panels.setStretch(place + 1, 0 if bank.isHidden() else 1)
        sliders = not all(bank.isHidden() for bank in banks)
        self._panels.setStretch(3, 0 if sliders else 1)


def _padded(values: tuple[float, ...], count: int) -> tuple[float, ...]:
    return (*values, *(0.0 for _ in range(count)))[:count]
