"""The pad for codes that are line drawings: what they stand for follows the pen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from iae_studio.state.input_list import Input
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import button, caption, row
from iae_studio.views.help import help_mark
from iae_studio.widgets.code_pad import CodePad
from iae_studio.widgets.sliders import ValueSlider
from iae_studio.widgets.style_tiles import StyleTiles
from trainer.exploring.questions.pad import DrawnCode, DrawnTiles, EdgesOf, Pen, pen_of
from trainer.messages import Pixels
from trainer.recipe.recipe import Recipe

KIND = "drawn code"
FEW, MANY = 8, 16  # styles
DRAW = "Draw edges, or start from an input's: what they stand for appears here."


class CodeDrawingView(QWidget):
    """The pad `codePad`, its tools, and the tiles `codePadTiles`, each with a noise of its own."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._pen: Pen | None = None
        self._shape: tuple[int, int, int] | None = None
        self._waits = False  # for an answer; what is drawn meanwhile is asked about then
        self._behind = False
        self._kept = 0
        self.pad = CodePad()
        self.pad.setObjectName("codePad")
        self.pad.drawn.connect(lambda _: self._ask())
        self._about = caption()
        self.tiles = StyleTiles()
        self.tiles.setObjectName("codePadTiles")
        self.tiles.setAccessibleName("What the drawn code stands for, once for each noise")
        self.tiles.setToolTip("Click one to see it in the grid")
        self.tiles.chosen.connect(self._to_grid)
        self._lay_out()
        state.query.changed.connect(self._ask)
        state.displayed.selected.connect(self._ask_anew)
        state.selection.changed.connect(self._show_tools)
        state.answers.rendered.connect(lambda _: self._show_tools())
        self._ask_anew()

    def _lay_out(self) -> None:
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._halves.setSpacing(theme.GAP)
        self._halves.addLayout(self._drawing(), 1)
        self._halves.addWidget(self.tiles, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.PAD, theme.GAP, theme.GAP, theme.PAD)
        layout.setSpacing(theme.GAP)
        head = row(self._about, help_mark("pad"))
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addLayout(self._halves, 1)

    def _drawing(self) -> QHBoxLayout:
        """The pad and its tools beside it."""
        tip = "Start from the selected input's code, as the encoder gives it"
        self._code = button("Its code", "image", tip, self.start_from_code, "padFromCode")
        tip = "Start from the edges that are detected in the selected input"
        self._edges = button("Its edges", "pencil", tip, self.start_from_edges, "padFromEdges")
        tip = "Erase with the left button too (E on the pad)"
        self._eraser = button("Eraser", "close", tip, self._take_eraser, "padEraser")
        self._eraser.setCheckable(True)
        self.pad.erasingChanged.connect(self._eraser.setChecked)
        undo = button("Undo", "reset", "Take back the last stroke (U on the pad)", self.pad.undo)
        clear = button("Clear", "trash", "Clear the pad (C on the pad)", self.pad.clear)
        tools = QVBoxLayout()
        tools.setSpacing(theme.GRID)
        for each in (self._code, self._edges, self._eraser, undo, clear):
            each.setProperty("flat", True)
            tools.addWidget(each)
        tools.addStretch(1)
        self._width = ValueSlider("Pen", 0.5, 4.0, 1.0, "content", 1, " ×")
        self._width.setToolTip("The pen's width: 1 is that of the data's own lines")
        self._width.setObjectName("padPen")
        self._width.edited.connect(lambda _: self._set_width())
        left = QVBoxLayout()
        left.setSpacing(theme.GRID)
        left.addWidget(self.pad, 1)
        left.addWidget(self._width)
        both = QHBoxLayout()
        both.setSpacing(theme.GAP)
        both.addLayout(left, 1)
        both.addLayout(tools)
        for words, do in (
            ("Draw from the input's &code", self.start_from_code),
            ("Draw from the input's &edges", self.start_from_edges),
        ):
            act(self, "Draw", words, "", do)
        return both

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is more room at the side, the tiles go there."""
        super().resizeEvent(event)
        wide = self.width() > 1.4 * self.height()
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._halves.setDirection(way)

    # ---- the pad -----------------------------------------------------------------------------

    def show_recipe(self, recipe: Recipe) -> None:
        """A drawing stays for other weights, and for other models of the same domain."""
        pen, shape = pen_of(recipe), recipe.image_shape
        if pen is None or shape is None or (pen, shape) == (self._pen, self._shape):
            return
        self._pen, self._shape = pen, shape
        self.pad.setDomain(shape, (pen.ground, pen.line, pen.width, pen.soft))
        self._set_width()

    def _set_width(self) -> None:
        if self._pen is not None:
            self.pad.setPenWidth(self._pen.width * self._width.value())

    def _take_eraser(self) -> None:
        self.pad.setErasing(self._eraser.isChecked())

    def _show_tools(self) -> None:
        there = self._state.selection.input is not None
        self._code.setEnabled(there and self._input_code() is not None)
        self._edges.setEnabled(there)

    def _input_code(self) -> Pixels | None:
        """The selected input's code, as the grid shows it."""
        answers, selection = self._state.answers, self._state.selection
        known = answers.rendering
        if known is None or selection.input not in answers.rendered_inputs:
            return None
        place = answers.rendered_inputs.index(selection.input)
        if known.code_pictures is not None:
            return known.code_pictures[place]
        column = min(selection.column, known.tiles.shape[1] - 1)
        return known.tiles[place, column] if known.way_back is not None else None

    def start_from_code(self) -> None:
        """The selected input's code is on the pad."""
        code = self._input_code()
        if code is not None and self._fits(code):
            self.pad.keep(np.array(code))

    def start_from_edges(self) -> None:
        """The edges of the selected input are on the pad, once they are found."""
        known = self._state.selection.input
        if known is not None and self._pen is not None:
            self._state.asking.ask(EdgesOf(known.seen), self._start)

    def _start(self, edges: Pixels) -> None:
        if self._fits(edges):
            self.pad.keep(edges)

    def _fits(self, picture: Pixels) -> bool:
        return pen_of(self._state.displayed.recipe) is not None and picture.shape == self._shape

    # ---- what it stands for ------------------------------------------------------------------

    def _ask_anew(self) -> None:
        """Another model, or other weights: what was asked is forgotten."""
        self._waits = False
        self.show_recipe(self._state.displayed.recipe)
        self._show_tools()
        self.tiles.setTiles(None, DRAW)
        self._ask()

    def _ask(self) -> None:
        recipe = self._state.displayed.recipe
        if pen_of(recipe) is None:
            return
        if self.pad.isEmpty():
            self._state.asking.cancel(KIND)
            self._waits = self._behind = False
            self.tiles.setTiles(None, DRAW)
            self._about.setText("A picture of edges is the code; the noise adds the rest.")
            return
        # One at a time: a slow model would never answer a pen that does not rest.
        self._behind = self._waits
        if not self._waits:
            self._waits = True
            question = DrawnCode(self.pad.picture(), replace(self._state.answers.probe(), **self._many()))
            self._state.asking.ask(question, self._show, self._lack, kind=KIND, follows=True)

    def _many(self) -> dict[str, object]:
        """The columns' noises, and a few more; without noise in the decoder all are alike."""
        query, model = self._state.query, self._state.displayed.recipe.model
        count = MANY if query.columns > FEW else FEW
        seeds = query.seeds[: count if model.noise else 1]
        return {"images": np.empty((0, *(self._shape or ())), np.uint8), "noise_seeds": seeds}

    def _show(self, drawn: DrawnTiles) -> None:
        self.tiles.setTiles(drawn.tiles)
        words = "Each with a noise of its own; a click takes one to the grid."
        untrained = "Untrained: these pictures mean nothing yet. Press Train."
        self._about.setText(words if drawn.step else untrained)
        self._go_on()

    def _lack(self) -> None:
        self._go_on()

    def _go_on(self) -> None:
        self._waits = False
        if self._behind:
            self._ask()

    def _to_grid(self, index: int) -> None:
        """One of the tiles is an input from now on."""
        tiles, inputs = self.tiles.tiles(), self._state.inputs
        if tiles is None or tiles.shape[1:] != inputs.spec.shape:
            return
        self._kept += 1
        seen = np.array(tiles[index])
        original = np.repeat(seen, 3, 2) if seen.shape[2] == 1 else seen
        name = f"drawn {self._kept}, n{index + 1}"
        inputs.add([Input(name, seen, inputs.spec, original)])
        self._state.selection.select(0)
