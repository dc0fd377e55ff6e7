"""The pad to draw on; the first row of the grid follows the pen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from iae_studio.state.displayed import Displayed
from iae_studio.state.inputs import InputImages
from iae_studio.state.requests import Requests
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, caption, column, row
from iae_studio.views.words import sees
from iae_studio.widgets.sketch_pad import SketchPad
from trainer.recipe.recipe import Recipe

SIDE = 148  # px
ANY = 16_777_215  # px: Qt's word for no limit


class DrawingView(QWidget):
    """The pad `sketchPad`, with undo and clear beside it; or why there is none."""

    def __init__(
        self,
        displayed: Displayed,
        inputs: InputImages,
        requests: Requests,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        as_panel(self)
        self._inputs = inputs
        self.pad = SketchPad()
        self.pad.setObjectName("sketchPad")
        self.pad.setAccessibleName("Draw a digit with the mouse")
        self.pad.setFixedSize(SIDE, SIDE)
        self.pad.sketched.connect(inputs.sketch)
        self._why = caption()
        self._open = button("Open images", "open", "Open images (Ctrl+O)", requests.openWanted.emit)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._pad_page())
        self._pages.addWidget(self._other_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        displayed.recipeChanged.connect(self._show_recipe)
        theme.follow(self, lambda: self._show_recipe(displayed.recipe))

    def _pad_page(self) -> QWidget:
        page = QWidget()
        tools = QVBoxLayout()
        tools.setSpacing(theme.GRID)
        for each in (
            button("Undo", "reset", "Take back the last stroke", self.pad.undo),
            button("Keep", "plus", "Keep this row, and draw another", self._keep),
            button("Clear", "trash", "Clear the pad", self.pad.clear),
        ):
            each.setProperty("flat", True)
            tools.addWidget(each)
        tools.addStretch(1)
        layout = QHBoxLayout(page)
        layout.setContentsMargins(theme.PAD, theme.GAP, theme.GAP, theme.PAD)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(tools)
        layout.addStretch(1)
        return page

    def _other_page(self) -> QWidget:
        page = QWidget()
        layout = column(page)
        layout.addWidget(self._why)
        layout.addLayout(row(self._open, None))
        layout.addStretch(1)
        return page

    def _show_recipe(self, recipe: Recipe) -> None:
        points = recipe.two_dimensional
        drawable = not points and self._inputs.spec.drawable
        self._pages.setCurrentIndex(0 if drawable else 1)
        self._open.setVisible(not points)
        if points:
            self._why.setText("This model is about points in the plane: nothing to draw for it.")
        elif not drawable:
            shape = sees(self._inputs.spec.shape)
            self._why.setText(f"The pad is for digits; this model sees {shape}.")
        # The list above gets what the pad does not need; but the pad is seen whole.
        self.setMinimumSize(self._pages.minimumSizeHint() if drawable else QSize(0, 0))
        self.setMaximumHeight(ANY if drawable else theme.px(96))

    def _keep(self) -> None:
        if not self.pad.isEmpty():
            self._inputs.keep_sketch()
            self.pad.clear()
