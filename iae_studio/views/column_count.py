"""How many draws a row of the grid shows: two buttons and a number."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import FEWEST, MOST, has_noise
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import row
from iae_studio.widgets.plain import PlainLabel, plain


class ColumnCount(QWidget):
    """`columnCount`; hidden where all draws are the same."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("columnCount")
        self._displayed, self._query = state.displayed, state.query
        self._words = PlainLabel()
        self._words.setProperty("caption", True)
        self._words.setFont(theme.tabular(self._words.font()))
        self._fewer = self._button("−", "Fewer columns ([)", "fewerColumns", self.fewer)
        self._more = self._button("+", "More columns (])", "moreColumns", self.more)
        self.setLayout(row(self._words, self._fewer, self._more, gap=theme.GRID))
        act(self, "Pictures", "Fewer columns", "[", self.fewer, "Fewer draws of each image")
        act(self, "Pictures", "More columns", "]", self.more, "More draws of each image")
        self._query.columnsChanged.connect(self._show)
        self._displayed.recipeChanged.connect(lambda _: self._show())
        self._show()

    def _button(self, text: str, tip: str, name: str, do: Callable[[], object]) -> QToolButton:
        made = QToolButton()
        made.setText(text)
        made.setObjectName(name)
        made.setToolTip(plain(tip))
        made.setAccessibleName(tip)
        made.setProperty("flat", True)
        made.setAutoRepeat(True)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: do())
        return made

    def fewer(self) -> None:
        self._set(-1)

    def more(self) -> None:
        self._set(1)

    def _set(self, by: int) -> None:
        if has_noise(self._displayed.recipe):
            self._query.set_columns(min(max(self._query.columns + by, FEWEST), MOST))

    def _show(self) -> None:
        columns, recipe = self._query.columns, self._displayed.recipe
        self.setVisible(has_noise(recipe) and not recipe.two_dimensional)
        self._words.setText(f"columns {columns}")
        self._fewer.setEnabled(columns > FEWEST)
        self._more.setEnabled(columns < MOST)
