"""The right side: what the code holds (blue) and what the noise holds (amber)."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QLabel, QSpinBox, QVBoxLayout, QWidget

from iae_studio.state.query import MAX_SEED
from iae_studio.state.session import Session
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, caption, column, heading, row, tool
from iae_studio.views.words import code_hint, noise_hint
from iae_studio.widgets.sliders import SliderBank, ValueSlider
from trainer.messages import ModelFacts
from trainer.recipe.recipe import Recipe

SHOWN = 8  # directions offered as sliders


class CodeView(QWidget):
    """Sliders along the principal directions of the codes seen, or along raw dimensions."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self.session = session
        self.bank = SliderBank("content")
        self.bank.setObjectName("codeSliders")
        self.bank.setAccessibleName("Latent code, in standard deviations")
        self.bank.edited.connect(session.set_code_offsets)
        self._raw = QCheckBox("raw dimensions")
        self._raw.setToolTip(
            "One slider for each number of the code, in place of the directions in which\n"
            "the codes of real images differ most"
        )
        self._raw.toggled.connect(session.set_raw_code)
        self._reset = tool("", "reset", "Back to the images' own codes", self._back)
        self._hint = caption()
        layout = column(self)
        layout.addLayout(row(heading("Code", "content"), None, self._raw, self._reset))
        layout.addWidget(self._hint)
        layout.addWidget(self.bank, 1)
        layout.addStretch()
        session.factsChanged.connect(self.show_facts)
        session.rawChanged.connect(self._raw_changed)
        session.recipeChanged.connect(self._recipe_changed)
        self._recipe_changed(session.recipe)

    def show_facts(self, facts: ModelFacts) -> None:
        """One slider a direction, its share of the variance in the tool tip."""
        usable = bool(facts.code_spread) and not facts.categorical and not facts.translates
        if not usable:
            captions, tips = [], []
        elif self.session.raw_code:
            captions = [f"z{i + 1}" for i in range(facts.code)]
            tips = ["one number of the code, as the encoder gives it"] * len(captions)
        else:
            captions = [str(i + 1) for i in range(min(SHOWN, facts.code))]
            tips = [f"{share:.0%} of the codes' variance" for share in facts.code_spread]
        self.bank.setRows(captions, tips[: len(captions)])
        self.bank.setValues(_padded(self.session.code_offsets, len(captions)))
        self.bank.setVisible(usable)
        self._raw.setVisible(usable)
        self._reset.setVisible(usable)
        self._hint.setText(code_hint(facts, self.session.recipe))

    def _raw_changed(self) -> None:
        if self.session.facts is not None:
            self.show_facts(self.session.facts)

    def _recipe_changed(self, recipe: Recipe) -> None:
        self.bank.setValues(_padded(self.session.code_offsets, len(self.bank.rows())))
        if self.session.facts is None:
            self._hint.setText("Waiting for a model.")

    def _back(self) -> None:
        self.bank.reset()
        self.session.set_code_offsets(())


class NoiseView(QWidget):
    """Seed, Resample, scale, and sliders along the noise directions of strongest effect."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self.session = session
        self._seed = QSpinBox()
        self._seed.setObjectName("noiseSeed")
        self._seed.setAccessibleName("Noise seed")
        self._seed.setRange(0, MAX_SEED)
        self._seed.setFont(theme.tabular(self._seed.font()))
        self._seed.setToolTip("The same seed gives the same noise, here and on the command line")
        self._seed.valueChanged.connect(session.set_seed)
        self._resample = button(
            "Resample",
            "dice",
            "New noise in every column that is not locked (Space)",
            session.resample,
            "resampleButton",
        )
        self._scale = ValueSlider("scale", 0.0, 2.0, 1.0, "style", decimals=2)
        self._scale.setObjectName("noiseScale")
        self._scale.setTip("How much noise: 0 is none, 1 as in training")
        self._scale.edited.connect(session.set_noise_scale)
        self.bank = SliderBank("style")
        self.bank.setObjectName("noiseSliders")
        self.bank.setAccessibleName("Noise, in standard deviations")
        self.bank.edited.connect(session.set_noise_offsets)
        self._reset = tool("", "reset", "Noise as it was drawn", self._back)
        self._hint = caption()
        seed_name = QLabel("seed")
        layout = column(self)
        layout.addLayout(row(heading("Noise", "style"), None, self._reset))
        layout.addWidget(self._hint)
        layout.addLayout(row(seed_name, self._seed, None, self._resample))
        layout.addWidget(self._scale)
        layout.addWidget(self.bank, 1)
        layout.addStretch()
        session.factsChanged.connect(self.show_facts)
        session.noiseChanged.connect(self._show)
        self._show()

    def show_facts(self, facts: ModelFacts) -> None:
        """As many sliders as there are directions with an effect."""
        count = min(SHOWN, len(facts.noise_spread))
        tips = [f"{share:.0%} of the noise's effect" for share in facts.noise_spread[:count]]
        self.bank.setRows([str(i + 1) for i in range(count)], tips)
        self.bank.setValues(_padded(self.session.noise_offsets, count))
        self.bank.setVisible(count > 0)
        has_noise = facts.noise > 0 or facts.encoder_noise > 0
        for part in (self._seed, self._resample, self._scale, self._reset):
            part.setEnabled(has_noise)
        self._hint.setText(noise_hint(facts, self.session.recipe))

    def _show(self) -> None:
        for part, value in (
            (self._seed, self.session.seed),
            (self._scale, self.session.noise_scale),
        ):
            with QSignalBlocker(part):
                part.setValue(value)
        self.bank.setValues(_padded(self.session.noise_offsets, len(self.bank.rows())))

    def _back(self) -> None:
        self.bank.reset()
        self._scale.setValue(1.0)
        self.session.set_noise_offsets(())
        self.session.set_noise_scale(1.0)


class ControlsView(QWidget):
    """Code above, noise below."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.code = CodeView(session)
        self.noise = NoiseView(session)
        layout.addWidget(self.code)
        layout.addWidget(self.noise)
        layout.addStretch()
        self._panels = layout
        session.factsChanged.connect(self._share_room)

    def _share_room(self) -> None:
        """Room goes to the panels that have sliders."""
        for place, panel in enumerate((self.code, self.noise)):
            self._panels.setStretch(place, 0 if panel.bank.isHidden() else 1)
        sliders = not (self.code.bank.isHidden() and self.noise.bank.isHidden())
        self._panels.setStretch(2, 0 if sliders else 1)


def _padded(values: tuple[float, ...], count: int) -> tuple[float, ...]:
    return (*values, *(0.0 for _ in range(count)))[:count]
