"""One loss of all compared models in one plot."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from iae_studio.state.comparing import Compared
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, row
from iae_studio.views.compare_head import CompareHead, colour_of
from iae_studio.views.compare_known import CompareKnown
from iae_studio.widgets.boxes import ChoiceBox
from iae_studio.widgets.compare_plot import ComparePlot, Curve
from iae_studio.widgets.curve_legend import is_discriminator, words
from iae_studio.widgets.plain import PlainLabel
from iae_studio.widgets.segments import Segments
from iae_studio.widgets.value_slider import ValueSlider
from trainer.exploring.questions.comparing import Curves, images_seen
from trainer.messages import LOSSES

SHORTEST, WIDEST = 8, 288  # letters, and px, of a loss's name
STEPS, IMAGES = "bySteps", "byImages"
# What is chosen at first: the first of these that all have.
FIRST = ("reconstruction generator", *(name for name in LOSSES if name.endswith(" error")))
NO_MINUTES = "Runs do not record the time of their steps, so there are no minutes to align by."


class CompareLosses(QWidget):
    """The plot `comparePlot`, the choice `compareLoss`, the switch `compareAxis`."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._comparing = state, state.comparing
        self.known = CompareKnown(state, "compare losses", self)
        self._chosen = ""  # by hand
        self._axis = STEPS
        self.plot = ComparePlot()
        self.plot.setObjectName("comparePlot")
        self.plot.setAccessibleName("One loss of the compared models")
        self.plot.canvas.setAccessibleName("One loss of the compared models")
        self._words = caption(most=3)
        self._words.setObjectName("compareLossWords")
        self._lacking = ""  # what is said while nothing is pointed at
        self._heads = QWidget()
        self._legend = row(gap=theme.PAD)
        self._heads.setLayout(self._legend)
        self._entries: list[CompareHead] = []
        self._headed: tuple[Compared, ...] = ()  # whose entries these are
        self._viewed: object = None  # what the plot's view is of
        self._drawn: list[str] = []  # the names of those that have a curve
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addLayout(self._tools())
        layout.addWidget(self._heads)
        layout.addWidget(self.plot, 1)
        layout.addLayout(self._below)
        self.plot.pointed.connect(self._read_out)
        self.known.changed.connect(self._show)
        self._comparing.fresh.grown.connect(self._show)
        theme.notifier().changed.connect(self._show)

    def _tools(self) -> QHBoxLayout:
        self._losses = ChoiceBox()
        self._losses.setObjectName("compareLoss")
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self._losses.setSizeAdjustPolicy(policy)
        self._losses.setMinimumContentsLength(SHORTEST)
        self._losses.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.follow(self._losses, lambda: self._losses.setMaximumWidth(theme.px(WIDEST)))
        self._losses.setAccessibleName("Which loss is drawn")
        self._losses.textActivated.connect(self._choose)
        self._axes = Segments()
        self._axes.setObjectName("compareAxis")
        self._axes.setAccessibleName("What the curves are aligned by")
        self._axes.add(STEPS, "Steps", f"Aligned by training steps. {NO_MINUTES}")
        self._axes.add(IMAGES, "Images", "Aligned by training images: steps times the batch")
        self._axes.choose(STEPS)
        self._axes.chosen.connect(self.align_by)
        smoothing = ValueSlider("smoothing", 0.0, 1.0, 0.5, "content", decimals=2)
        theme.follow(smoothing, lambda: smoothing.setMaximumWidth(theme.px(190)))
        smoothing.edited.connect(self.plot.setSmoothing)
        decades = QCheckBox("log axis")
        decades.setChecked(True)
        decades.toggled.connect(self.plot.setLog)
        by = PlainLabel("by")
        by.setProperty("caption", True)
        self._below = row(self._words, smoothing, decades)
        self._below.setStretch(0, 1)
        tools = row(self._losses, by, self._axes, None)
        tools.setStretchFactor(self._losses, 100)
        return tools

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.known.look()
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.known.look_away()

    # ---- hands -------------------------------------------------------------------------------

    def align_by(self, axis: str) -> None:
        """By steps, or by images."""
        self._axis = axis
        self._axes.choose(axis)
        self._show()

    def _choose(self, name: str) -> None:
        self._chosen = name
        self._show()

    def _read_out(self, x: float) -> None:
        if not math.isfinite(x):
            self._words.setText(self._lacking)
            self.plot.canvas.tell("")
            return
        unit = "step" if self._axis == STEPS else "after images:"
        values = zip(self._drawn, self.plot.values(x), strict=True)
        parts = [f"{name} {words(value)}" for name, value in values]
        self._words.setText(" · ".join([f"{unit} {max(round(x), 0):,}", *parts]))
        self.plot.canvas.tell(self._words.text())

    # ---- what is shown -----------------------------------------------------------------------

    def _show(self) -> None:
        if not self.isVisible():
            return
        models = self._comparing.models
        self._show_legend(models)
        shared, any_there = self._offered(models)
        loss = self._chosen if self._chosen in any_there else _first(shared, any_there)
        if [self._losses.itemText(k) for k in range(self._losses.count())] != any_there:
            self._losses.clear()
            self._losses.addItems(any_there)
        self._losses.setCurrentText(loss)
        self._losses.setEnabled(bool(any_there))
        self._drawn = []
        curves, lacking = [], []
        for place, (name, model) in enumerate(zip(self._comparing.names(), models, strict=True)):
            known, curve = self.known.of(model), self._curve(place, model, loss)
            if curve is not None:
                self._drawn.append(name)
                curves.append(curve)
            elif known is not None:
                why = known.lacking or f"it has no {loss}"
                lacking.append(f"{name}: {why.rstrip('.')}.")
        waits = any(self.known.of(model) is None for model in models)
        empty = "Loading…" if waits else "Runs keep their losses: train one, and add it here."
        viewed = (models, loss, self._axis, len(curves))
        self.plot.setCurves(curves, empty, anew=viewed != self._viewed)
        self._viewed = viewed
        self._lacking = " ".join(lacking)
        self._words.setText(self._lacking)

    def _show_legend(self, models: tuple[Compared, ...]) -> None:
        if models != self._headed:
            self._make_legend(models)
        for entry, model in zip(self._entries, models, strict=True):
            known, found = self.known.of(model), self._curves_of(model)
            step = found.last if found is not None else 0 if known is None else known.step
            entry.tell(step or None)

    def _make_legend(self, models: tuple[Compared, ...]) -> None:
        for old in self._entries:
            self._legend.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._headed = models
        self._entries = [CompareHead(place, m, self._heads) for place, m in enumerate(models)]
        for entry in self._entries:
            entry.removed.connect(self._comparing.remove)
            self._legend.addWidget(entry, 1)
            entry.show()

    def _offered(self, models: tuple[Compared, ...]) -> tuple[list[str], list[str]]:
        """The losses that all have that have any, and those that one has."""
        there = []
        for model in models:
            found = self._curves_of(model)
            if found is not None:
                values = found.values
                there.append({n for k, n in enumerate(LOSSES) if np.isfinite(values[:, k]).any()})
        shared = set.intersection(*there) if there else set()
        every = set().union(*there)
        return [n for n in LOSSES if n in shared], [n for n in LOSSES if n in every]

    def _curves_of(self, model: Compared) -> Curves | None:
        known = self.known.of(model)
        saved = None if known is None else known.curves
        return saved if model.step is not None else self._comparing.fresh.after(model.path, saved)

    def _curve(self, place: int, model: Compared, loss: str) -> Curve | None:
        found = self._curves_of(model)
        if found is None or not loss:
            return None
        values = found.values[:, LOSSES.index(loss)].astype(np.float64)
        there = np.isfinite(values)
        steps = found.steps[there]
        if not len(steps):
            return None
        x = steps if self._axis == STEPS else images_seen(model.recipe, steps)
        return Curve(x, values[there], colour_of(place), is_discriminator(loss))


def _first(shared: list[str], any_there: list[str]) -> str:
    """What is drawn before a hand chooses: the reconstruction's loss that they share."""
    for names in (shared, any_there):
        for name in (*FIRST, *names):
            if name in names:
                return name
    return ""
