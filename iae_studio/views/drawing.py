"""The pad to draw on: an input, or a code; the first row of the middle follows the pen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QVBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import PICTURES
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import as_panel, button, caption, column, row
from iae_studio.views.code_drawing import CodeDrawingView
from iae_studio.views.words import sees
from iae_studio.widgets.sketch_pad import SketchPad
from trainer.exploring.questions.pad import pen_of
from trainer.recipe.recipe import Recipe

SIDE = 148  # px
ANY = 16_777_215  # px: Qt's word for no limit


class DrawingView(QWidget):
    """The pad `sketchPad` for digits, or `codePad` for codes of edges; or why there is none."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self._state, self._inputs = state, state.inputs
        self._codes: CodeDrawingView | None = None
        self.pad = SketchPad()
        self.pad.setObjectName("sketchPad")
        self.pad.setAccessibleName("Draw a digit with the mouse or a pen")
        self.pad.setFixedSize(SIDE, SIDE)
        self.pad.sketched.connect(state.inputs.sketch)
        self._why = caption()
        self._open = button(
            "Open images", "open", "Open images (Ctrl+O)", state.requests.openWanted.emit
        )
        self._digits, self._other = self._pad_page(), self._other_page()
        # Hidden pages take no room, which a stack of pages would keep for the largest.
        self._pages = [self._digits, self._other]
        self._layout = column(self, pad=0, gap=0)
        for page in self._pages:
            self._layout.addWidget(page)
        act(self, "Draw", "To the &pad", "P", self.to_pad, "Draw on the pad with keys at hand")
        state.displayed.recipeChanged.connect(self._show_recipe)
        theme.follow(self, lambda: self._show_recipe(state.displayed.recipe))

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
        page = self._page_of(recipe)
        for each in self._pages:
            each.setVisible(each is page)
        self._open.setVisible(not recipe.two_dimensional)
        self._why.setText(self._reason(recipe))
        # The list above gets what the pad does not need; but the pad is seen whole.
        drawable = page is not self._other
        self.setMinimumSize(page.minimumSizeHint() if drawable else QSize(0, 0))
        self.setMaximumHeight(ANY if drawable else theme.px(96))

    def _page_of(self, recipe: Recipe) -> QWidget:
        if pen_of(recipe) is not None:
            return self._code_page()
        points = recipe.two_dimensional
        return self._digits if not points and self._inputs.spec.drawable else self._other

    def _code_page(self) -> CodeDrawingView:
        """Made for the first model whose codes can be drawn."""
        if self._codes is None:
            self._codes = CodeDrawingView(self._state)
            self._pages.append(self._codes)
            self._layout.addWidget(self._codes)
        self._codes.show_recipe(self._state.displayed.recipe)
        return self._codes

    def _reason(self, recipe: Recipe) -> str:
        """Why there is no pad."""
        if recipe.two_dimensional:
            return "This model is about points in the plane: nothing to draw for it."
        shape = sees(self._inputs.spec.shape)
        if recipe.translates:
            return f"The code is a picture like a photo, {shape}: a pen cannot draw one."
        return f"The pad draws in black and white; this model sees {shape}."

    def to_pad(self) -> None:
        """Show the panel, and give the keyboard to its pad."""
        above: QWidget | None = self
        while above is not None and not isinstance(above, QDockWidget):
            above = above.parentWidget()
        if above is not None:
            above.show()
            above.raise_()
        shows_codes = self._codes is not None and not self._codes.isHidden()
        pad = self._codes.pad if self._codes is not None and shows_codes else self.pad
        if not self._other.isVisible():
            self._state.query.set_view(PICTURES)  # where what is drawn is seen
        if pad.isVisible():
            pad.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _keep(self) -> None:
        if not self.pad.isEmpty():
            # What came back of the drawing so far may lack its last strokes.
            self._inputs.keep_drawing(self.pad.picture())
            self.pad.clear()
