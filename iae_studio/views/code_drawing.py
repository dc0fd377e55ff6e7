"""The pad for codes that are line drawings, and where a drawing may start from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import row, tool
from iae_studio.views.help import help_mark
from iae_studio.widgets.code_pad import CodePad
from iae_studio.widgets.value_slider import ValueSlider
from trainer.exploring.questions.pad import EdgesOf, Pen, pen_of
from trainer.messages import Pixels
from trainer.recipe.recipe import Recipe


class CodeDrawingView(QWidget):
    """The pad `codePad` with its tools; what is drawn stands for the row above the grid."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._pen: Pen | None = None
        self._shape: tuple[int, int, int] | None = None
        self.pad = CodePad()
        self.pad.setObjectName("codePad")
        self.pad.drawn.connect(self._drawn)
        self._width = ValueSlider("Pen", 0.5, 4.0, 1.0, "content", 1, " ×")
        self._width.setToolTip("The pen's width: 1 is that of the data's own lines")
        self._width.setObjectName("padPen")
        self._width.edited.connect(lambda _: self._set_width())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.PAD, theme.GAP, theme.GAP, theme.GAP)
        layout.setSpacing(theme.GRID)
        layout.addLayout(self._tools())
        layout.addWidget(self.pad, 1)
        layout.addWidget(self._width)
        state.displayed.selected.connect(self._show_tools)
        state.selection.changed.connect(self._show_tools)
        state.answers.rendered.connect(lambda _: self._show_tools())
        self._show_tools()

    def _tools(self) -> QHBoxLayout:
        tip = "Start from the selected input's code, as the encoder gives it"
        self._code = self._tool("padFromCode", "image", tip, self.start_from_code)
        tip = "Start from the edges that are detected in the selected input"
        self._edges = self._tool("padFromEdges", "outline", tip, self.start_from_edges)
        self._eraser = self._tool("padEraser", "eraser", "Erase (E on the pad)", self._take_eraser)
        self._eraser.setCheckable(True)
        self.pad.erasingChanged.connect(self._eraser.setChecked)
        undo = self._tool("padUndo", "reset", "Take back (U on the pad)", self.pad.undo)
        clear = self._tool("padClear", "trash", "Clear the pad (C on the pad)", self.pad.clear)
        act(self, "Draw", "Draw from the input's &code", "Shift+C", self.start_from_code)
        act(self, "Draw", "Draw from the input's &edges", "Shift+E", self.start_from_edges)
        marks = (self._code, self._edges, self._eraser, undo, clear, None, help_mark("pad"))
        return row(*marks, gap=theme.GRID)

    def _tool(self, name: str, icon: str, tip: str, do: Callable[[], object]) -> QToolButton:
        made = tool("", icon, tip, do)
        made.setObjectName(name)
        return made

    def minimumSizeHint(self) -> QSize:
        """The pad is at least as large as that for digits."""
        least = super().minimumSizeHint()
        return QSize(least.width(), max(least.height(), theme.px(240)))

    # ---- the pad -----------------------------------------------------------------------------

    def show_recipe(self, recipe: Recipe) -> None:
        """A drawing stays for other weights, and for other models of the same domain."""
        pen, shape = pen_of(recipe), recipe.image_shape
        if pen is None or shape is None or (pen, shape) == (self._pen, self._shape):
            return
        self._pen, self._shape = pen, shape
        self.pad.setDomain(shape, (pen.ground, pen.line, pen.width, pen.soft))
        self._set_width()
        self._state.drawing.draw(None)

    def _drawn(self, picture: Pixels) -> None:
        self._state.drawing.draw(None if self.pad.isEmpty() else picture)

    def _set_width(self) -> None:
        if self._pen is not None:
            self.pad.setPenWidth(self._pen.width * self._width.value())

    def _take_eraser(self) -> None:
        self.pad.setErasing(self._eraser.isChecked())

    def _show_tools(self) -> None:
        self._code.setEnabled(self._input_code() is not None)
        self._edges.setEnabled(self._state.selection.input is not None)

    def _input_code(self) -> Pixels | None:
        """The selected input's code, as the grid shows it."""
        answers, selection = self._state.answers, self._state.selection
        known = answers.rendering
        if known is None or selection.input not in answers.rendered_inputs:
            return None
        place = answers.rendered_inputs.index(selection.input)
        codes: Pixels | None = known.code_pictures
        if codes is None and known.way_back is not None:  # the tiles are the codes
            codes = known.tiles[:, min(selection.column, known.tiles.shape[1] - 1)]
        return None if codes is None else np.array(codes[place])

    def start_from_code(self) -> None:
        """The selected input's code is on the pad."""
        code = self._input_code()
        if code is not None:
            self._start(code)

    def start_from_edges(self) -> None:
        """The edges of the selected input are on the pad, once they are found."""
        known = self._state.selection.input
        if known is not None and pen_of(self._state.displayed.recipe) is not None:
            self._state.asking.ask(EdgesOf(known.seen), self._start)

    def _start(self, picture: Pixels) -> None:
        if pen_of(self._state.displayed.recipe) is not None and picture.shape == self._shape:
            self.pad.keep(picture)
