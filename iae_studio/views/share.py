"""How much of the pictures comes from the noise: of this one, and of a batch of test images."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import has_noise
from iae_studio.views.building_blocks import as_panel, caption, column, heading, row
from iae_studio.views.help import help_mark
from iae_studio.views.share_words import advice
from iae_studio.widgets.gauge import Gauge
from trainer.exploring.questions.shares import Share, WhichShare
from trainer.messages import Rendering
from trainer.recipe.recipe import Recipe

KIND = "noise's share"
EARLY = 0.1  # of the steps: before, nothing is advised


class ShareView(QWidget):
    """The gauge `noiseShare` of the selected picture, the same of test images, and a warning."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self._state, self._displayed = state, state.displayed
        self._looks = True
        self.gauge, self.batch = Gauge("this picture"), Gauge("test images")
        self.gauge.setObjectName("noiseShare")
        self.batch.setObjectName("noiseShareOfTests")
        self.warning = caption()
        self.warning.setObjectName("noiseWarning")
        layout = column(self)
        layout.addLayout(row(heading("Share of the noise"), help_mark("share"), None))
        layout.addWidget(self.gauge)
        layout.addWidget(self.batch)
        layout.addWidget(self.warning)
        self.warning.hide()
        self.hide()
        state.answers.rendered.connect(self._show)
        state.selection.changed.connect(self._select)
        state.displayed.recipeChanged.connect(self._wait)
        state.library.changed.connect(self._name_tests)
        for cause in (state.answers.factsChanged, state.displayed.selected):
            cause.connect(self._ask)

    def _name_tests(self) -> None:
        self.batch.rename(self._state.library.tests_of(self._displayed.recipe))

    def _wait(self, recipe: Recipe) -> None:
        self.hide()
        self._name_tests()
        self.batch.setShare(None)
        self.warning.hide()

    def look(self, looks: bool) -> None:
        """Whether somebody sees the panel: while nobody does, nothing is asked."""
        self._looks = looks
        if looks:
            self._ask()
        else:
            self._state.asking.cancel(KIND)

    def _ask(self) -> None:
        recipe = self._displayed.recipe
        if self._looks and has_noise(recipe) and not recipe.two_dimensional:
            self._state.asking.ask(WhichShare(), self._show_batch, kind=KIND, follows=True)

    def _select(self) -> None:
        if self._state.answers.rendering is not None:
            self._show(self._state.answers.rendering)

    def _show(self, rendering: Rendering) -> None:
        self.setVisible(rendering.step > 0 and has_noise(self._displayed.recipe))
        share, chosen = rendering.noise_share, self._state.selection.input
        known = self._state.answers.rendered_inputs
        place = known.index(chosen) if chosen in known else -1
        self.gauge.setShare(float(share[place]) if 0 <= place < len(share) else None)

    def _show_batch(self, share: Share) -> None:
        self.batch.setShare(share.batch)
        words = "" if self._too_soon() else advice(share, self._displayed.recipe)
        self.warning.setText(words)
        self.warning.setVisible(bool(words))

    def _too_soon(self) -> bool:
        """Whether the weights have hardly begun: then the noise may well be all there is."""
        shown, steps = self._state.answers.rendering, self._displayed.recipe.schedule.steps
        return shown is not None and shown.step < EARLY * steps
