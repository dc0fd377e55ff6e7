"""The inputs and what the model makes of them; or what to do where there are none."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption, row
from iae_studio.views.column_count import ColumnCount
from iae_studio.views.drawn_row import DrawnRow
from iae_studio.views.export_pixels import grabbed, pixels_of
from iae_studio.views.help import help_mark
from iae_studio.views.reconstructions import ReconstructionsView
from iae_studio.views.style_tray import StyleTray
from iae_studio.views.words import about
from iae_studio.widgets.with_tray import WithTray
from trainer.messages import Cloud, Pixels
from trainer.recipe.recipe import Recipe
from trainer.reporting.sheets import side_by_side

if TYPE_CHECKING:
    from iae_studio.views.scatter import CloudView


class PicturesView(QWidget):
    """The grid, scatter plots for a model of points, or an empty page that says what to do."""

    told = Signal(str)  # what the pointer is over

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._displayed, self._inputs = state.displayed, state.inputs
        self._query, self._answers = state.query, state.answers
        self.reconstructions = ReconstructionsView(state)
        self.reconstructions.told.connect(self.told)
        self.setFocusProxy(self.reconstructions.grid)
        self._empty = self._empty_page()
        self._about = caption(most=2)
        self._about.setObjectName("aboutText")
        self._columns = ColumnCount(state)
        self._pages = QStackedWidget()
        self._pages.setObjectName("picturePages")
        self._pages.addWidget(self.reconstructions)
        self._pages.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        self._help = help_mark("pictures")
        top = row(self._about, self._columns, self._help)
        top.setStretch(0, 1)
        layout.addLayout(top)
        layout.addWidget(DrawnRow(state, self.reconstructions.grid))
        tray = StyleTray(state, self.reconstructions.grid)
        layout.addWidget(WithTray(self._pages, tray), 1)
        self._inputs.changed.connect(self._show_inputs)
        self._answers.rendered.connect(self.reconstructions.show_rendering)
        self._answers.clouded.connect(self._show_cloud)
        self._query.picturesChanged.connect(self._show_pictures)
        self._query.columnsChanged.connect(self._show_pictures)
        self._displayed.recipeChanged.connect(self._show_recipe)
        self._show_recipe(self._displayed.recipe)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._state.drawing.look(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._state.drawing.look(False)

    @cached_property
    def cloud(self) -> CloudView:
        """The scatter plots, made for the first model of points: their library loads slowly."""
        from iae_studio.views.scatter import CloudView
        from iae_studio.views.twin import Twin

        made = CloudView()
        Twin(self._state, made)
        self._pages.addWidget(made)
        return made

    def picture(self) -> Pixels | None:
        """The plots, or the panes of an enlarged picture; the grid is made of the answers."""
        enlarged = self.reconstructions.enlarged
        if self._displayed.recipe.two_dimensional:
            return grabbed(self.cloud)
        shown = enlarged.panes.pictures() if enlarged.is_open else []
        return side_by_side([pixels_of(each) for each in shown]) if shown else None

    def tile(self) -> Pixels | None:
        """The enlarged picture as it is shown, or what is chosen beside the draws."""
        grid, enlarged = self.reconstructions.grid, self.reconstructions.enlarged
        if enlarged.is_open:
            return pixels_of(enlarged.panes.drawn())
        row, column = grid.selection()
        image = grid.image(row, column) if row >= 0 and column < 0 else QImage()
        return None if image.isNull() else pixels_of(image)

    def _empty_page(self) -> QWidget:
        page = QWidget()
        self._hint = caption()
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tip = "Random images of the test set (R)"
        self._take = button("Test images", "image", tip, self._inputs.want_tests)
        layout = QVBoxLayout(page)
        layout.addStretch(1)
        layout.addWidget(self._hint)
        layout.addWidget(self._take, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        return page

    def _show_inputs(self) -> None:
        """The new inputs at once; their reconstructions follow."""
        self._show_page()
        self.reconstructions.show_inputs()

    def _show_cloud(self, cloud: Cloud) -> None:
        self.cloud.show_cloud(cloud)

    def _show_pictures(self) -> None:
        self._show_page()
        if self._answers.rendering is not None:
            self.reconstructions.show_inputs()

    def _show_recipe(self, recipe: Recipe) -> None:
        if recipe.two_dimensional or "cloud" in vars(self):
            self.cloud.set_recipe(recipe)
        self._show_page()

    def _show_page(self) -> None:
        inputs, recipe = self._inputs, self._displayed.recipe
        if recipe.two_dimensional:
            self._pages.setCurrentWidget(self.cloud)
        else:
            self._pages.setCurrentWidget(self.reconstructions if inputs.images else self._empty)
        draw = ", draw a digit at the left" if inputs.spec.drawable else ""
        waits = inputs.awaits_tests
        words = f"Drop images here, paste one{draw},\nor take some."
        self._hint.setText("Test images are on their way…" if waits else words)
        self._take.setVisible(not waits)
        self._about.setText(about(recipe, self._query.shows_way_back, self._query.columns))
        for each in (self._about, self._help):
            each.setVisible(not recipe.two_dimensional)
