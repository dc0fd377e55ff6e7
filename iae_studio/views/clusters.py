"""All categories of a model's code, drawn with the same few noise vectors (Figure 6)."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, row
from iae_studio.views.help import help_mark
from iae_studio.views.large import LargeView
from iae_studio.views.words import about_clusters
from iae_studio.widgets.cluster_grid import ClusterGrid
from trainer.messages import Clusters
from trainer.recipe.recipe import Recipe


class ClustersView(QWidget):
    """The page `clusterGrid`; it says in words what the pointer is over."""

    told = Signal(str)

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._query, self._answers = state.query, state.answers
        self._about = caption()
        self._about.setObjectName("aboutClusters")
        self.grid = ClusterGrid()
        self.grid.setObjectName("clusterGrid")
        self.grid.setAccessibleName("The categories of the code, each with the same noises")
        self.grid.hovered.connect(self._hovered)
        self.grid.activated.connect(self._enlarge)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        said = row(self._about, help_mark("clusters"))
        said.setStretch(0, 1)
        layout.addLayout(said)
        layout.addWidget(self.grid, 1)
        self._answers.clustered.connect(self.show_clusters)
        state.displayed.recipeChanged.connect(self._forget)
        self._forget(state.displayed.recipe)
        if self._answers.clusters is not None:
            self.show_clusters(self._answers.clusters)

    def _forget(self, recipe: Recipe) -> None:
        """The categories of another model are not to be seen as this one's."""
        self._about.setText(about_clusters(recipe))
        if self._answers.clusters is None:
            self.grid.setTiles(np.zeros((0, 0, 28, 28, 1), np.uint8))

    def show_clusters(self, clusters: Clusters) -> None:
        self.grid.setTiles(clusters.tiles)

    def _hovered(self, row: int, column: int) -> None:
        clusters = self._answers.clusters
        if clusters is None or row < 0:
            self.told.emit("")
            return
        seed = self._query.seeds[row] // 1000
        count = clusters.tiles.shape[1]
        self.told.emit(f"cluster {column + 1} of {count} · noise {row + 1} of seed {seed}")

    def _enlarge(self, row: int, column: int) -> None:
        clusters = self._answers.clusters
        if clusters is not None:
            tile = clusters.tiles[row, column]
            name = f"cluster {column + 1}"
            LargeView(name, [(f"{name}, n{row + 1}", "content", tile)], self).exec()
