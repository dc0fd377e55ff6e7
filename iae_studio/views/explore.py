"""The middle: the images, what the network sees of them, and what the model makes of them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from iae_studio import theme
from iae_studio.session import COLUMNS, Session
from iae_studio.views.cloud import CloudView
from iae_studio.views.large import LargeView
from iae_studio.views.message_bar import MessageBar
from iae_studio.views.parts import button, row, tool
from iae_studio.widgets.gauge import Gauge
from iae_studio.widgets.image_grid import ImageGrid
from trainer.messages import ModelFacts, Rendering
from trainer.recipes import Recipe


class ExploreView(QWidget):
    """Tools, messages, then the grid `imageGrid` (or a scatter plot), then the noise share."""

    openWanted = Signal()
    pasteWanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.grid = ImageGrid()
        self.grid.setObjectName("imageGrid")
        self.grid.setAccessibleName("Inputs and their stochastic reconstructions")
        self.grid.removeRequested.connect(session.remove_input)
        self.grid.headingClicked.connect(session.toggle_lock)
        self.grid.hovered.connect(self._hovered)
        self.grid.activated.connect(self._enlarge)
        self.cloud = CloudView()
        self._pages = QStackedWidget()
        self._pages.setObjectName("dropTarget")
        self._pages.setAccessibleName("Drop images here")
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self.cloud)
        self._pages.addWidget(self._empty_page())
        self._facts = QLabel()
        self._facts.setProperty("caption", True)
        self._facts.setFont(theme.tabular(self._facts.font()))
        self.gauge = Gauge()
        self.gauge.setObjectName("noiseShare")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.PAD, theme.GAP, theme.PAD, theme.GAP)
        layout.setSpacing(theme.GAP)
        layout.addLayout(self._tools())
        layout.addWidget(MessageBar(session))
        layout.addWidget(self._pages, 1)
        layout.addLayout(row(self._facts, None, self.gauge))
        session.inputsChanged.connect(self.show_inputs)
        session.noiseChanged.connect(lambda: self.grid.setLocked(set(session.locked)))
        session.rendered.connect(self._show_rendering)
        session.clouded.connect(self.cloud.show_cloud)
        session.clouded.connect(lambda cloud: self._summary(cloud.step))
        session.factsChanged.connect(self._show_facts)
        session.recipeChanged.connect(self._show_recipe)
        session.shownChanged.connect(lambda _: self._facts.setText("Loading…"))
        self._show_recipe(session.recipe)

    def _tools(self) -> QHBoxLayout:
        self._for_images = (
            tool("Open", "open", "Open images or a folder (Ctrl+O)", self.openWanted.emit),
            tool("Paste", "paste", "Paste an image (Ctrl+V)", self.pasteWanted.emit),
            tool("Test images", "image", "Random images of the test set (R)", self.take_tests),
            tool("Clear", "trash", "Take all images away", self.session.clear_inputs),
        )
        return row(*self._for_images[:3], None, self._for_images[3], gap=theme.GRID)

    def _empty_page(self) -> QWidget:
        page = QWidget()
        words = QLabel("Drop images here, paste one, draw a digit at the left,\nor take some.")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setProperty("caption", True)
        take = button("Test images", "image", "Random images of the test set (R)", self.take_tests)
        layout = QVBoxLayout(page)
        layout.addStretch(1)
        layout.addWidget(words)
        layout.addWidget(take, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        return page

    def invite(self, welcome: bool) -> None:
        """Frame the drop target while something to drop hovers over the window."""
        self._pages.setProperty("invites", welcome)
        self._pages.style().unpolish(self._pages)
        self._pages.style().polish(self._pages)

    def take_tests(self) -> None:
        """Other test images each time."""
        self.session.want_test_images()

    def show_inputs(self) -> None:
        """The new inputs at once; their reconstructions follow."""
        inputs = self.session.inputs
        self._show_page()
        if not inputs:
            return
        rendering = self.session.rendering
        if rendering is not None and self.session.rendered_inputs == tuple(inputs):
            self._show_rendering(rendering)
        else:
            self._set_sheet(np.stack([known.seen for known in inputs]), self._kept_tiles())

    def _kept_tiles(self) -> np.ndarray | None:
        """The tiles of those inputs that stayed, black for the new ones, until the answer comes."""
        rendering, before = self.session.rendering, self.session.rendered_inputs
        places = [before.index(known) if known in before else -1 for known in self.session.inputs]
        if rendering is None or max(places) < 0:
            return None
        tiles = np.zeros((len(places), *rendering.tiles.shape[1:]), np.uint8)
        for line, place in enumerate(places):
            if place >= 0:
                tiles[line] = rendering.tiles[place]
        return tiles

    def _set_sheet(self, seen: np.ndarray, tiles: np.ndarray | None) -> None:
        columns = [f"n{column + 1}" for column in range(COLUMNS)]
        names = [known.name for known in self.session.inputs]
        self.grid.setSheet(seen, tiles, columns, names)

    def _show_rendering(self, rendering: Rendering) -> None:
        seen = np.stack([known.seen for known in self.session.inputs])
        self._set_sheet(seen, rendering.tiles)
        self.gauge.setShare(float(rendering.noise_share.mean()) if len(seen) else None)
        self._summary(rendering.step)

    def _summary(self, step: int) -> None:
        shown = self.session.shown
        if step == 0:
            self._facts.setText("Untrained: these pictures mean nothing yet. Press Train.")
            return
        where = "live weights" if shown.live else (shown.path.name if shown.path else "")
        self._facts.setText(f"{where}, step {step:,}")

    def _show_facts(self, facts: ModelFacts) -> None:
        self.gauge.setVisible(facts.image_shape is not None and bool(facts.code_spread))
        self._summary(facts.step)

    def _show_recipe(self, recipe: Recipe) -> None:
        self.cloud.set_recipe(recipe)
        for control in self._for_images:
            control.setEnabled(not recipe.two_dimensional)
        self.gauge.setShare(None)
        self._show_page()

    def _show_page(self) -> None:
        if self.session.recipe.two_dimensional:
            self._pages.setCurrentWidget(self.cloud)
        else:
            self._pages.setCurrentIndex(0 if self.session.inputs else 2)

    def _enlarge(self, line: int, column: int) -> None:
        rendering = self.session.rendering
        if rendering is not None and line < len(self.session.rendered_inputs):
            known = self.session.rendered_inputs[line]
            tile = rendering.tiles[line, max(0, column)]
            LargeView(known.name, known.seen, tile, f"n{max(0, column) + 1}", self).exec()

    def _hovered(self, line: int, column: int) -> None:
        rendering = self.session.rendering
        if line < 0 or rendering is None or line >= len(self.session.rendered_inputs):
            self._summary(rendering.step if rendering else 0)
            return
        name = self.session.rendered_inputs[line].name
        length = float(np.linalg.norm(rendering.codes[line]))
        if column < 0:
            self._facts.setText(f"{name} · code norm {length:.2f}")
        else:
            seed = self.session.seeds[column] // 1000  # see column_seeds
            self._facts.setText(
                f"{name} · noise {column + 1} of seed {seed} · code norm {length:.2f}"
            )
