"""The selected picture, large: beside its input, what differs, and where the noise acts."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QToolButton, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import has_noise
from iae_studio.style import theme
from iae_studio.views.building_blocks import column, heading, row, tool
from iae_studio.views.enlarged_panes import Enlarged, EnlargedPanes
from iae_studio.views.help import help_mark
from iae_studio.views.neighbours import NeighbourList
from iae_studio.views.picture_words import NO_NOISE, UNTRAINED
from iae_studio.views.words import heads
from iae_studio.widgets.pane_board import BoardPage
from iae_studio.widgets.plain import plain
from trainer.exploring.questions.pictures import WhereNoiseActs

SETTLED = 60  # ms until what came is laid out
HEAT = "where the noise acts"  # the kind of question
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class EnlargedView(QWidget):
    """`largeView`: it follows the selection and the weights; Escape goes back to the grid."""

    closed = Signal()

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("largeView")
        self.setAccessibleName("The selected picture, enlarged")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # It is scrolled: the window may be as low as the grid lets it.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._state = state
        self._open, self._hidden = False, False
        self._trained: bool | None = None
        self.panes = EnlargedPanes()
        self.neighbours = NeighbourList(state)
        self.neighbours.hide()
        self.neighbours.chosen.connect(self.setFocus)
        self.neighbours.arrived.connect(self._reveal_neighbours)
        layout = column(self, pad=0)
        layout.addLayout(self._tools())
        layout.addWidget(self._scrolled(), 1)
        state.answers.rendered.connect(lambda _: self.show_answer())
        state.answers.asked.connect(lambda *_: self._ask())
        state.query.picturesChanged.connect(self.show_answer)
        state.selection.changed.connect(self._select)
        state.displayed.recipeChanged.connect(lambda _: self._turn_away())

    # ---- parts -------------------------------------------------------------------------------

    def _tools(self) -> QHBoxLayout:
        back = tool("Grid", "chevron-left", "Back to the grid (Esc)", self.closed.emit)
        back.setObjectName("gridButton")
        self._name = heading("")
        tip = "The difference with its sign, or how large it is"
        signed = _switch("Signed", "signedButton", tip)
        signed.setChecked(True)
        signed.toggled.connect(self.panes.set_signed)
        self.overlay = _switch("Heat", "heatOverlay", "Where the noise acts, over the picture (H)")
        self.overlay.toggled.connect(self.panes.set_overlay)
        tip = "The training images nearest to this picture (Shift+N)"
        self.nearest = _switch("Nearest", "nearestButton", tip)
        self.nearest.toggled.connect(self._show_neighbours)
        tools = (signed, self.overlay, help_mark("heat"), self.nearest)
        return row(back, self._name, None, *tools, gap=theme.GRID)

    def _scrolled(self) -> QScrollArea:
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(BoardPage(self.panes, self.neighbours))
        return self._area

    # ---- what is shown -----------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether it is in front of the grid, and follows."""
        return self._open

    def set_open(self, wanted: bool) -> None:
        """Follow from now on, or ask nothing any more."""
        self._open = wanted
        if wanted:
            self.show_answer()
            self._ask()
            self.setFocus()
        else:
            self._forget_questions()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._hidden = False
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another view of the middle is in front: who cannot be seen asks for nothing."""
        super().hideEvent(event)
        self._hidden = True
        self._forget_questions()

    def _forget_questions(self) -> None:
        self._state.asking.cancel(HEAT)
        self.neighbours.forget()

    def _place(self) -> tuple[int, int] | None:
        """The line of the answer and the column that are shown; None while there is no answer."""
        answers, chosen = self._state.answers, self._state.selection
        if answers.rendering is None or chosen.input not in answers.rendered_inputs:
            return None
        line = answers.rendered_inputs.index(chosen.input)
        return line, min(chosen.column, answers.rendering.tiles.shape[1] - 1)

    def show_answer(self) -> None:
        """The selected tile as it is now; the one before stays until there is one."""
        place, rendering = self._place(), self._state.answers.rendering
        if not self._open or place is None or rendering is None:
            return
        (line, at), recipe = place, self._state.displayed.recipe
        known = self._state.answers.rendered_inputs[line]
        code, back = rendering.code_pictures, rendering.way_back
        head = heads(recipe, self._state.query.wanted_columns)
        self.panes.show_pictures(
            Enlarged(
                head[min(at, len(head) - 1)],
                "style" if has_noise(recipe) else "content",
                known.seen,
                rendering.tiles[line, at],
                None if code is None else code[line],
                None if back is None else back[line, at],
                self._state.query.shows_way_back,
            )
        )
        self._name.setText(known.name)
        if (rendering.step > 0) is not self._trained:
            self._trained = rendering.step > 0
            self._ask()

    def _select(self) -> None:
        if self._state.selection.input is None and self._open:
            self.closed.emit()
        self.show_answer()
        self._ask()

    def _turn_away(self) -> None:
        """Another kind of model is displayed: the grid tells more of it."""
        displayed = self._state.displayed
        if displayed.recipe != displayed.previous:
            self.panes.show_no_spread("")
            self._trained = None
            if self._open:
                self.closed.emit()

    # ---- questions ---------------------------------------------------------------------------

    def _ask(self) -> None:
        """Of what is selected, with all that is turned."""
        chosen, recipe = self._state.selection, self._state.displayed.recipe
        here = self._open and not self._hidden
        if not here or chosen.input is None or recipe.two_dimensional:
            return
        noise = has_noise(recipe)
        self.overlay.setEnabled(noise)
        if not noise or self._trained is False:
            self._state.asking.cancel(HEAT)
            self.panes.show_no_spread(UNTRAINED if noise else NO_NOISE)
        else:
            question = WhereNoiseActs(self._state.answers.probe_of(chosen.row, chosen.column))
            self._state.asking.ask(question, self.panes.show_spread, kind=HEAT, follows=True)
        if self.nearest.isChecked():
            self.neighbours.ask(chosen.row, chosen.column)

    def _show_neighbours(self, wanted: bool) -> None:
        self.neighbours.setVisible(wanted)
        if not wanted:
            self.neighbours.forget()
            return
        self._ask()
        self._reveal_neighbours()

    def _reveal_neighbours(self) -> None:
        """Once they have their place."""
        QTimer.singleShot(SETTLED, self, self._scroll_to_neighbours)

    def _scroll_to_neighbours(self) -> None:
        here, bar = self.neighbours.geometry(), self._area.verticalScrollBar()
        down = min(here.top(), here.bottom() + 1 - self._area.viewport().height())
        bar.setValue(max(bar.value(), down))

    # ---- hands -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, chosen = Qt.Key(event.key()), self._state.selection
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in _MOVES:
            down, right = _MOVES[key]
            chosen.select(chosen.row + down, chosen.column + right)
        else:
            event.ignore()


def _switch(text: str, name: str, tip: str) -> QToolButton:
    made = QToolButton()
    made.setText(text)
    made.setObjectName(name)
    made.setToolTip(plain(tip))
    made.setAccessibleDescription(tip)
    made.setCheckable(True)
    made.setProperty("flat", True)
    return made
