"""The grid of inputs, their codes where those are pictures, and what the model makes of them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iae_studio.state.query import has_noise
from iae_studio.state.studio_state import StudioState
from iae_studio.views.large import LargeView
from iae_studio.views.words import heads
from iae_studio.widgets.grid_layout import CODE, SEEN
from iae_studio.widgets.image_grid import ImageGrid
from trainer.messages import Pixels, Rendering


class ReconstructionsView(QWidget):
    """The grid `imageGrid`; it says in words what the pointer is over."""

    told = Signal(str)  # "" when the pointer left

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._displayed, self._inputs = state.displayed, state.inputs
        self._query, self._answers = state.query, state.answers
        self._selection = state.selection
        self.grid = ImageGrid()
        self.grid.setObjectName("imageGrid")
        self.grid.setAccessibleName("Inputs and their stochastic reconstructions")
        self.grid.removeRequested.connect(self._inputs.remove)
        self.grid.headingClicked.connect(self._query.toggle_lock)
        self.grid.hovered.connect(self._hovered)
        self.grid.activated.connect(self._enlarge)
        self.grid.selected.connect(self._selection.select)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.grid)
        self._answers.previewed.connect(self._preview)
        self._query.noiseChanged.connect(lambda: self.grid.setLocked(set(self._query.locked)))
        self._selection.changed.connect(self._show_selection)

    def show_inputs(self) -> None:
        """The new inputs at once; their reconstructions follow."""
        inputs, rendering = self._inputs.images, self._answers.rendering
        if not inputs:
            return
        if rendering is not None and self._answers.rendered_inputs == tuple(inputs):
            self.show_rendering(rendering)
            return
        tiles, code = None, None
        if rendering is not None:
            tiles = self._kept(self._answers.tiles_of(rendering))
            if rendering.code_pictures is not None:
                code = self._kept(rendering.code_pictures)
        self._set_sheet(tiles, code)

    def _kept(self, before: Pixels) -> Pixels | None:
        """The rows of those inputs that stayed, black for the new ones, until the answer comes."""
        known = self._answers.rendered_inputs
        places = [known.index(i) if i in known else -1 for i in self._inputs.images]
        if max(places) < 0:
            return None
        rows = np.zeros((len(places), *before.shape[1:]), np.uint8)
        for line, place in enumerate(places):
            if place >= 0:
                rows[line] = before[place]
        return rows

    def show_rendering(self, rendering: Rendering) -> None:
        self._set_sheet(self._answers.tiles_of(rendering), rendering.code_pictures)

    def _preview(self, row: Rendering) -> None:
        self.grid.setFirstRow(self._answers.tiles_of(row)[0])

    def _set_sheet(self, tiles: Pixels | None, code: Pixels | None) -> None:
        recipe, inputs = self._displayed.recipe, self._inputs.images
        columns = heads(recipe, self._query.wanted_columns)
        if tiles is not None and tiles.shape[1] != len(columns):
            tiles = None  # of the model shown before
        self.grid.setRole("style" if has_noise(recipe) else "content")
        seen = np.stack([known.seen for known in inputs])
        with_code = recipe.translates and not recipe.model.encoder_noise
        names = [known.name for known in inputs]
        self.grid.setSheet(seen, tiles, columns, names, code, with_code)
        self._show_selection()

    def _show_selection(self) -> None:
        """The tile that all views are about; a column beside the draws stays chosen."""
        row, column = self.grid.selection()
        fixed = row == self._selection.row and column in (SEEN, CODE)
        self.grid.setSelection(self._selection.row, column if fixed else self._selection.column)

    def _enlarge(self, line: int, column: int) -> None:
        rendering = self._answers.rendering
        if rendering is None or not 0 <= line < len(self._answers.rendered_inputs):
            return
        known, place = self._answers.rendered_inputs[line], max(0, column)
        role = "style" if has_noise(self._displayed.recipe) else "content"
        head = heads(self._displayed.recipe, self._query.wanted_columns)[place]
        pictures = [("sees", "content", known.seen)]
        if rendering.code_pictures is not None:
            pictures.append(("code", "content", rendering.code_pictures[line]))
        pictures.append((head, role, rendering.tiles[line, place]))
        if rendering.way_back is not None:
            pictures.append((f"way back of {head}", role, rendering.way_back[line, place]))
        LargeView(known.name, pictures, self).exec()

    def _hovered(self, line: int, column: int) -> None:
        rendering = self._answers.rendering
        if rendering is None or not 0 <= line < len(self._answers.rendered_inputs):
            self.told.emit("")
            return
        words = [self._answers.rendered_inputs[line].name]
        if column == CODE:
            words.append("its code")
        elif column != SEEN and has_noise(self._displayed.recipe):
            seed, drawn = divmod(self._query.seeds[column], 1000)  # see column_seeds
            words.append(f"noise {drawn + 1} of seed {seed}")
        self.told.emit(" · ".join([*words, *self._code(rendering, line)]))

    def _code(self, rendering: Rendering, line: int) -> list[str]:
        recipe, code = self._displayed.recipe, rendering.codes[line]
        if recipe.translates:
            return []
        if recipe.categorical:
            return [f"cluster {code.argmax() + 1} of {recipe.model.code}, {code.max():.0%}"]
        return [f"code norm {np.linalg.norm(code):.2f}"]
