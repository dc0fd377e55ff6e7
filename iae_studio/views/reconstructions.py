"""The grid of inputs, their codes where those are pictures, and what the model makes of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import PICTURES, has_noise
from iae_studio.views.actions import act
from iae_studio.views.enlarged import EnlargedView
from iae_studio.views.enlarged_panes import AMBER
from iae_studio.views.words import heads
from iae_studio.widgets.grid_layout import CODE, HEAT, SEEN
from iae_studio.widgets.image_grid import ImageGrid
from trainer.exploring import differences
from trainer.messages import Pixels, Rendering


class ReconstructionsView(QWidget):
    """The grid `imageGrid`, or one of its tiles enlarged, `largeView`.

    It says in words what the pointer is over.
    """

    told = Signal(str)  # "" when the pointer left

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._displayed, self._inputs = state.displayed, state.inputs
        self._query, self._answers = state.query, state.answers
        self._selection = state.selection
        self._shows_heat, self._heat_end = False, 1.0
        self.enlarged = EnlargedView(state)
        self.enlarged.closed.connect(self.show_grid)
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
        self._pages = QStackedWidget()
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self.enlarged)
        layout.addWidget(self._pages)
        self._make_actions()
        self._answers.previewed.connect(self._preview)
        self._query.noiseChanged.connect(lambda: self.grid.setLocked(set(self._query.locked)))
        self._selection.changed.connect(self._show_selection)

    def _make_actions(self) -> None:
        self._here("Enlarge the selected picture", "Return", self.enlarge, self.grid)
        self._here("Larger pictures", "+", lambda: self.grid.setZoom(self.grid.zoom() + 1))
        self._here("Smaller pictures", "-", lambda: self.grid.setZoom(self.grid.zoom() - 1))
        self._here("Pictures as large as fits", "Z", lambda: self.grid.setZoom(0))
        act(self, "Pictures", "Where the noise acts", "H", self._toggle_heat, "How much it varies")
        tip = "Does the model remember the selected picture, or invent it?"
        act(self, "Pictures", "Nearest training images", "Shift+N", self._toggle_nearest, tip)

    def _here(
        self, text: str, keys: str, do: Callable[[], object], owner: QWidget | None = None
    ) -> QAction:
        """An action whose key counts while the keyboard is with the pictures."""
        made = act(owner or self, "Pictures", text, keys, do)
        made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return made

    # ---- the grid ----------------------------------------------------------------------------

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
        heat = self._heat(tiles, seen) if self._shows_heat and has_noise(recipe) else None
        self.grid.setSheet(seen, tiles, columns, names, code, with_code, heat)
        self._show_selection()

    def _heat(self, tiles: Pixels | None, seen: Pixels) -> Pixels:
        """Where the noise acts in each row, over the draws that are shown, on one scale."""
        if tiles is None:
            return np.zeros((*seen.shape[:3], 3), np.uint8)
        spread = differences.spread_of(tiles)
        self._heat_end = differences.scale_of(spread)
        return differences.glow(spread, self._heat_end, AMBER)

    def _toggle_heat(self) -> None:
        """Over the enlarged picture, or as a column of the grid."""
        if self._displayed.recipe.two_dimensional or not self._inputs.images:
            return
        self._query.set_view(PICTURES)
        if self.enlarged.is_open:
            self.enlarged.overlay.click()
        else:
            self._shows_heat = not self._shows_heat
            self.show_inputs()

    def _show_selection(self) -> None:
        """The tile that all views are about; a column beside the draws stays chosen."""
        row, column = self.grid.selection()
        fixed = row == self._selection.row and column in (SEEN, CODE, HEAT)
        self.grid.setSelection(self._selection.row, column if fixed else self._selection.column)

    # ---- one tile ----------------------------------------------------------------------------

    def _enlarge(self, line: int, column: int) -> None:
        if 0 <= line < len(self._answers.rendered_inputs):
            self._selection.select(line, max(column, 0))
            self.enlarge()

    def enlarge(self) -> None:
        """The selected tile in place of the grid."""
        known = self._answers.rendered_inputs if self._answers.rendering is not None else ()
        if self._selection.input in known and not self._displayed.recipe.two_dimensional:
            self._query.set_view(PICTURES)
            self._pages.setCurrentWidget(self.enlarged)
            self.enlarged.set_open(True)

    def show_grid(self) -> None:
        """Back from an enlarged tile."""
        self.enlarged.set_open(False)
        self._pages.setCurrentWidget(self.grid)
        self.grid.setFocus()

    def _toggle_nearest(self) -> None:
        if not self.enlarged.is_open:
            self.enlarge()
            self.enlarged.nearest.setChecked(False)
        if self.enlarged.is_open:
            self.enlarged.nearest.click()

    # ---- words -------------------------------------------------------------------------------

    def _hovered(self, line: int, column: int) -> None:
        rendering = self._answers.rendering
        if rendering is None or not 0 <= line < len(self._answers.rendered_inputs):
            self.told.emit("")
            return
        words = [self._answers.rendered_inputs[line].name]
        if column == CODE:
            words.append("its code")
        elif column == HEAT:
            words.append(
                f"where its noise acts: the spread, amber {self._heat_end:.0%} of the range"
            )
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
