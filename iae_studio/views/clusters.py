"""All categories of a model's code, drawn with the same few noise vectors (Figure 6)."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import caption, row
from iae_studio.views.cluster_images import ClusterImages, about_category, percent
from iae_studio.views.help import help_mark
from iae_studio.views.large import LargeView
from iae_studio.views.to_grid import send
from iae_studio.views.words import about_clusters
from iae_studio.widgets.cluster_grid import ClusterGrid
from iae_studio.widgets.probability_bars import ProbabilityBars
from trainer.exploring.questions.clusters import (
    InputCategories,
    Member,
    SortedImages,
    SortImages,
)
from trainer.messages import Clusters
from trainer.recipe.recipe import Recipe

SORTED, OF_INPUT = "sorted images", "input's categories"  # kinds of questions
DRAWS = 8  # of an encoder's noise, where it has some
UNKNOWN = np.zeros(0, np.float32)


class ClustersView(QWidget):
    """The grid `clusterGrid`; above it `inputProbabilities`, `clusterSizes`, below `clusterImages`.

    It says in words what the pointer is over. What takes the weights is asked while it is seen.
    """

    told = Signal(str)

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._query, self._answers, self._asking = state.query, state.answers, state.asking
        self._found: SortedImages | None = None
        self._picked = -1
        self._about, self._sizes = caption(), caption()
        self._about.setObjectName("aboutClusters")
        self._sizes.setObjectName("clusterSizes")
        self._make_grid()
        self.bars = ProbabilityBars()
        self.bars.setObjectName("inputProbabilities")
        self.bars.setToolTip("How probable each category is for the selected input")
        self.bars.chosen.connect(self.pick)
        self.bars.hovered.connect(self._bar_hovered)
        self.images = ClusterImages()
        self.images.setObjectName("clusterImages")
        self.images.told.connect(self.told)
        self.images.taken.connect(self._take)
        self.images.closed.connect(lambda: self.pick(-1))
        self.images.hide()
        self._lay_out()
        self._connect()
        self._forget(state.displayed.recipe)
        if self._answers.clusters is not None:
            self.show_clusters(self._answers.clusters)

    def _make_grid(self) -> None:
        self.grid = ClusterGrid()
        self.grid.setObjectName("clusterGrid")
        self.setFocusProxy(self.grid)
        self.grid.setAccessibleName("The categories of the code, each with the same noises")
        self.grid.hovered.connect(self._hovered)
        self.grid.activated.connect(self._enlarge)
        self.grid.chosen.connect(self._click)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        head = row(self._about, help_mark("clusters"))
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addWidget(self.bars)
        layout.addWidget(self._sizes)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.images)

    def _connect(self) -> None:
        state = self._state
        self._answers.clustered.connect(self.show_clusters)
        state.displayed.recipeChanged.connect(self._forget)
        state.displayed.selected.connect(self._ask)
        state.selection.changed.connect(self._ask_of_input)
        self._asking.moved.connect(self._moved)
        for word, keys, by in (("next", "Ctrl+]", 1), ("previous", "Ctrl+[", -1)):
            act(self, "Clusters", f"Images of the &{word} cluster", keys, partial(self._step, by))

    def _forget(self, recipe: Recipe) -> None:
        """The categories of another model are not to be seen as this one's."""
        self._about.setText(about_clusters(recipe))
        if self._answers.clusters is None:
            self.grid.setTiles(np.zeros((0, 0, 28, 28, 1), np.uint8))
        self._found = None
        self.pick(-1)
        self._sizes.setText("")
        self.grid.setSizes(UNKNOWN)
        self.bars.setValues(UNKNOWN)

    # ---- asking ------------------------------------------------------------------------------

    @property
    def _applies(self) -> bool:
        recipe = self._state.displayed.recipe
        return self.isVisible() and recipe.categorical and not recipe.two_dimensional

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for kind in (SORTED, OF_INPUT):
            self._asking.cancel(kind)

    def _ask(self) -> None:
        if self._applies:
            if self._found is None:
                self._sizes.setText("Looking for test images…")
            self._asking.ask(SortImages(), self._show_sorted, self._lack, kind=SORTED, follows=True)
        self._ask_of_input()

    def _ask_of_input(self) -> None:
        known = self._state.selection.input
        self.bars.setPicture(None if known is None else known.seen)
        self.bars.setVisible(known is not None)
        if known is None or not self._applies:
            self._asking.cancel(OF_INPUT)
            return
        question = InputCategories(known.seen, self._query.seeds[:DRAWS])
        self._asking.ask(question, self.bars.setValues, kind=OF_INPUT, follows=True)

    def _moved(self, kind: str, done: int, total: int) -> None:
        if kind == SORTED and self._found is None and total:
            self._sizes.setText(f"Sorting images: {done:,} of {total:,}")

    def _lack(self) -> None:
        if self._found is None:
            self._sizes.setText("The images could not be sorted: see the message above.")

    # ---- answers -----------------------------------------------------------------------------

    def show_clusters(self, clusters: Clusters) -> None:
        self.grid.setTiles(clusters.tiles)

    def _show_sorted(self, found: SortedImages) -> None:
        if found.lacking:
            self._found = None
            self.pick(-1)
            self.grid.setSizes(UNKNOWN)
            self._sizes.setText(found.lacking)
            return
        self._found = found
        self.grid.setSizes(found.shares)
        without = f" {found.instead_of} is not on this computer." if found.instead_of else ""
        used = int((found.counts > 0).sum())
        self._sizes.setText(
            f"Bars: how many of {found.total:,} {found.what} fall into each category; "
            f"{used} of {len(found.counts)} hold some. Click a head to see them." + without
        )
        if self._picked >= 0:
            self.images.show_category(found, self._picked)

    def pick(self, category: int) -> None:
        """Show the images of a category; -1 shows none."""
        if self._found is None:
            category = -1
        self._picked = category
        self.grid.setPicked(category)
        if self._found is not None and category >= 0:
            self.images.show_category(self._found, category)
        self.images.setVisible(category >= 0)

    def _click(self, category: int) -> None:
        """On the head that is marked: no images any more."""
        self.pick(-1 if category == self._picked else category)

    def _step(self, by: int) -> None:
        if self._found is not None and self.isVisible():
            place = self._picked + by if self._picked >= 0 else 0
            self.pick(place % len(self._found.counts))

    # ---- hands -------------------------------------------------------------------------------

    def _take(self, member: Member) -> None:
        if send(self._state, [(member.name, member.picture)]):
            self.told.emit(f"{member.name} is selected: see it in Pictures (1)")

    def _bar_hovered(self, category: int) -> None:
        values = self.bars.values()
        there = 0 <= category < len(values)
        self.told.emit(f"cluster {category + 1}: {percent(values[category])}" if there else "")

    def _hovered(self, row: int, column: int) -> None:
        clusters = self._answers.clusters
        if row < 0 and column >= 0 and self._found is not None:
            self.told.emit(about_category(self._found, column))
            return
        if clusters is None or row < 0:
            self.told.emit("")
            return
        seed, drawn = divmod(self._query.seeds[row], 1000)  # see column_seeds
        count = clusters.tiles.shape[1]
        self.told.emit(f"cluster {column + 1} of {count} · noise {drawn + 1} of seed {seed}")

    def _enlarge(self, row: int, column: int) -> None:
        clusters = self._answers.clusters
        if clusters is not None:
            tile = clusters.tiles[row, column]
            name = f"cluster {column + 1}"
            LargeView(name, [(f"{name}, n{row + 1}", "content", tile)], self).exec()
