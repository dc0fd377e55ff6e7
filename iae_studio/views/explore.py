"""The middle: the images, what the network sees of them, and what the model makes of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from iae_studio.state.query import has_noise
from iae_studio.state.requests import Requests
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption, row
from iae_studio.views.clusters import ClustersView
from iae_studio.views.message_bar import MessageBar
from iae_studio.views.reconstructions import ReconstructionsView
from iae_studio.views.words import about
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.folding_button import FoldingButton
from iae_studio.widgets.gauge import Gauge
from iae_studio.widgets.plain import plain
from trainer.messages import Cloud, Clusters, ModelFacts, Rendering
from trainer.recipe.recipe import Recipe

if TYPE_CHECKING:
    from iae_studio.views.scatter import CloudView

ROOMY = 560  # px: in a narrower view the noise share has no words


class ExploreView(QWidget):
    """Tools, messages, then the grid, the clusters or a scatter plot, then the noise share."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._displayed, self._inputs = state.displayed, state.inputs
        self._query, self._answers = state.query, state.answers
        self.reconstructions = ReconstructionsView(
            state.displayed, state.inputs, state.query, state.answers
        )
        self.clusters = ClustersView(state.displayed, state.query, state.answers)
        self._empty = self._empty_page()
        self._pages = QStackedWidget()
        self._pages.setObjectName("dropTarget")
        self._pages.setAccessibleName("Drop images here")
        for page in (self.reconstructions, self.clusters, self._empty):
            self._pages.addWidget(page)
        self._about = caption()
        self._about.setObjectName("aboutText")
        self._facts = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._facts.setProperty("caption", True)
        self._facts.setFont(theme.tabular(self._facts.font()))
        self._step: int | None = None
        self.gauge = Gauge()
        self.gauge.setObjectName("noiseShare")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.PAD, theme.GAP, theme.PAD, theme.GAP)
        layout.setSpacing(theme.GAP)
        layout.addLayout(self._tools(state.requests))
        layout.addWidget(MessageBar(state.messages))
        layout.addWidget(self._about)
        layout.addWidget(self._pages, 1)
        layout.addLayout(row(self._facts, None, self.gauge))
        self._connect()
        self._show_recipe(state.displayed.recipe)

    def _connect(self) -> None:
        for view in (self.reconstructions, self.clusters):
            view.told.connect(self._tell)
        self._inputs.changed.connect(self.show_inputs)
        self._answers.rendered.connect(self._show_rendering)
        self._answers.clustered.connect(self._show_clusters)
        self._answers.clouded.connect(self._show_cloud)
        self._query.picturesChanged.connect(self._show_pictures)
        self._answers.factsChanged.connect(self._show_facts)
        self._displayed.recipeChanged.connect(self._show_recipe)
        self._displayed.changed.connect(lambda _: self._wait())

    @cached_property
    def cloud(self) -> CloudView:
        """The scatter plots, made for the first model of points: their library loads slowly."""
        from iae_studio.views.scatter import CloudView

        made = CloudView()
        self._pages.addWidget(made)
        return made

    # ---- tools -------------------------------------------------------------------------------

    def _tools(self, requests: Requests) -> QHBoxLayout:
        query = self._query
        self._for_images = (
            button("Open", "open", "Open images or a folder (Ctrl+O)", requests.openWanted.emit),
            button("Paste", "paste", "Paste an image (Ctrl+V)", requests.pasteWanted.emit),
            button("Test images", "image", "Random images of the test set (R)", self.take_tests),
            button("Clear", "trash", "Take all images away", self._inputs.clear),
        )
        for each in self._for_images:
            each.setProperty("flat", True)
        self._rows = self._switch(
            "Reconstructions", "Each image and what is made of it (C)", "rowsButton"
        )
        self._rows.clicked.connect(lambda: query.set_clusters_wanted(False))
        self._all = self._switch("Clusters", "Every category of the code (C)", "clustersButton")
        self._all.clicked.connect(lambda: query.set_clusters_wanted(True))
        self._back = self._switch(
            "Way back", "What the decoder makes of each translation (B)", "wayBackButton"
        )
        self._back.clicked.connect(query.set_way_back_wanted)
        switches = (self._rows, self._all, self._back)
        shown = (*self._for_images[:3], None, *switches, self._for_images[3])
        self._in_row = [each for each in shown if each is not None]
        return row(*shown, gap=theme.GRID)

    def _fold(self) -> None:
        """Leave out the tools' words where they would not fit all."""
        here = [each for each in self._in_row if not each.isHidden()]
        wide = sum(
            each.unfolded() if isinstance(each, FoldingButton) else each.sizeHint().width()
            for each in here
        )
        narrow = self.width() < wide + theme.GRID * len(here) + 2 * theme.PAD
        for each in self._for_images:
            each.fold(narrow)
        self.gauge.fold(self.width() < theme.px(ROOMY))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    @staticmethod
    def _switch(text: str, tip: str, name: str) -> QToolButton:
        made = QToolButton()
        made.setText(text)
        made.setToolTip(plain(tip))
        made.setObjectName(name)
        made.setCheckable(True)
        made.setProperty("flat", True)
        return made

    def _empty_page(self) -> QWidget:
        page = QWidget()
        self._hint = caption()
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tip = "Random images of the test set (R)"
        self._take = button("Test images", "image", tip, self.take_tests)
        layout = QVBoxLayout(page)
        layout.addStretch(1)
        layout.addWidget(self._hint)
        layout.addWidget(self._take, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        return page

    def invite(self, welcome: bool) -> None:
        """Frame the drop target while something to drop hovers over the window."""
        self._pages.setProperty("invites", welcome)
        self._pages.style().unpolish(self._pages)
        self._pages.style().polish(self._pages)

    def take_tests(self) -> None:
        """Other test images each time."""
        self._inputs.want_tests()

    # ---- pictures ----------------------------------------------------------------------------

    def show_inputs(self) -> None:
        """The new inputs at once; their reconstructions follow."""
        self._show_page()
        self.reconstructions.show_inputs()

    def _show_rendering(self, rendering: Rendering) -> None:
        self.reconstructions.show_rendering(rendering)
        share = rendering.noise_share
        self.gauge.setVisible(rendering.step > 0 and has_noise(self._displayed.recipe))
        self.gauge.setShare(float(share.mean()) if len(share) else None)
        self._summary(rendering.step)

    def _show_clusters(self, clusters: Clusters) -> None:
        self.gauge.hide()
        self.clusters.show_clusters(clusters)
        self._summary(clusters.step)

    def _show_cloud(self, cloud: Cloud) -> None:
        self.cloud.show_cloud(cloud)
        self._summary(cloud.step)

    def _show_pictures(self) -> None:
        """Reconstructions or clusters, there or back."""
        self._show_page()
        if self._answers.rendering is not None:
            self.reconstructions.show_inputs()

    def _show_facts(self, facts: ModelFacts) -> None:
        self._summary(facts.step)

    def _show_recipe(self, recipe: Recipe) -> None:
        if recipe.two_dimensional or "cloud" in vars(self):
            self.cloud.set_recipe(recipe)
        for control in self._for_images:
            control.setVisible(not recipe.two_dimensional)
        self.gauge.hide()
        self._show_page()

    def _show_page(self) -> None:
        query, inputs = self._query, self._inputs
        recipe, clusters = self._displayed.recipe, query.shows_clusters
        for control in (self._rows, self._all):
            control.setVisible(query.has_clusters)
        self._rows.setChecked(not clusters)
        self._all.setChecked(clusters)
        self._back.setVisible(query.has_fan)
        self._back.setChecked(query.shows_way_back)
        if recipe.two_dimensional:
            self._pages.setCurrentWidget(self.cloud)
        elif clusters:
            self._pages.setCurrentWidget(self.clusters)
        else:
            self._pages.setCurrentWidget(self.reconstructions if inputs.images else self._empty)
        self._fold()
        draw = ", draw a digit at the left" if inputs.spec.drawable else ""
        waits = inputs.awaits_tests
        words = f"Drop images here, paste one{draw},\nor take some."
        self._hint.setText("Test images are on their way…" if waits else words)
        self._take.setVisible(not waits)
        self._about.setText(about(recipe, clusters, query.shows_way_back))
        self._about.setVisible(not recipe.two_dimensional)

    # ---- words -------------------------------------------------------------------------------

    def _tell(self, words: str) -> None:
        if words:
            self._facts.setText(words)
        elif self._step is not None:
            self._summary(self._step)

    def _wait(self) -> None:
        self._step = None
        self._facts.setText("Loading…")

    def _summary(self, step: int) -> None:
        self._step = step
        model = self._displayed.model
        if step == 0:
            self._facts.setText("Untrained: these pictures mean nothing yet. Press Train.")
            return
        where = "live weights" if model.live else (model.path.name if model.path else "")
        self._facts.setText(f"{where}, step {step:,}")
