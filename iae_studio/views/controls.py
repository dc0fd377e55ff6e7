"""The right side: what the code holds (blue) and what the noise holds (amber)."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QLabel, QSpinBox, QVBoxLayout, QWidget

from iae_studio import theme
from iae_studio.session import MAX_SEED, Session
from iae_studio.views.parts import as_panel, button, caption, column, heading, row, tool
from iae_studio.widgets.sliders import SliderBank, ValueSlider
from trainer.messages import ModelFacts
from trainer.recipes import Recipe

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
        session.factsChanged.connect(self.show_facts)
        session.recipeChanged.connect(self._recipe_changed)
        self._recipe_changed(session.recipe)

    def show_facts(self, facts: ModelFacts) -> None:
        """One slider a direction, its share of the variance in the tool tip."""
        usable = bool(facts.code_spread) and not facts.categorical
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
        self._raw.setVisible(usable)
        self._reset.setVisible(usable)
        if usable:
            self._hint.setText("What the encoder keeps. Moves every row from its own code.")
        elif facts.categorical:
            self._hint.setText("The code is one of a few categories: see the colours.")
        elif facts.step:
            self._hint.setText("The directions of this run need its data, which is not here.")
        else:
            self._hint.setText("This model is untrained: press Train, and its directions appear.")

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
        session.factsChanged.connect(self.show_facts)
        session.noiseChanged.connect(self._show)
        self._show()

    def show_facts(self, facts: ModelFacts) -> None:
        """As many sliders as there are directions with an effect."""
        count = min(SHOWN, len(facts.noise_spread))
        tips = [f"{share:.0%} of the noise's effect" for share in facts.noise_spread[:count]]
        self.bank.setRows([str(i + 1) for i in range(count)], tips)
        self.bank.setValues(_padded(self.session.noise_offsets, count))
        has_noise = facts.noise > 0
        for part in (self._seed, self._resample, self._scale, self._reset):
            part.setEnabled(has_noise)
        if has_noise:
            self._hint.setText("What the decoder adds that the code does not say.")
        else:
            self._hint.setText("This model has no noise: its decoder is deterministic.")

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
        layout.addWidget(self.code, 1)
        layout.addWidget(self.noise, 1)


def _padded(values: tuple[float, ...], count: int) -> tuple[float, ...]:
    return (*values, *(0.0 for _ in range(count)))[:count]
