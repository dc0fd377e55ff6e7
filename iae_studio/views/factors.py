"""A button that asks which known factors the directions move; where images are drawn ones."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from iae_studio.state.directions import Directions
from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, column, row
from iae_studio.widgets.plain import plain

ASK, STOP = "What do they move?", "Stop"
_INSIDE = 7  # px before the words of a flat button: they begin where all others do
TIP = (
    "Says above each direction which known factor of the drawn images it moves, slant or\n"
    "thickness say, and its correlation (Shift+D). Takes half a minute the first time"
)


class FactorsView(QWidget):
    """The button `factorsButton`; while it is asked it tells how far, and stops."""

    def __init__(
        self, state: StudioState, directions: Directions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        as_panel(self)
        self._directions, self._asks = directions, False
        self._button = QPushButton(ASK)
        self._button.setObjectName("factorsButton")
        self._button.setProperty("flat", True)
        self._button.setToolTip(plain(TIP))
        self._button.clicked.connect(lambda: self.ask())
        layout = column(self)
        layout.setContentsMargins(theme.PAD - _INSIDE, 0, theme.PAD - _INSIDE, theme.GRID)
        layout.addLayout(row(self._button, None))
        directions.factors.asking.connect(self._show)
        directions.changed.connect(self._offer)
        state.asking.moved.connect(self._move)
        self._offer()

    def ask(self) -> None:
        """Ask, or stop asking."""
        if self._asks:
            self._directions.factors.stop()
        elif self._directions.has_factors:
            self._directions.want_factors()

    def _offer(self) -> None:
        self.setVisible(self._directions.has_factors)

    def _show(self, asks: bool) -> None:
        self._asks = asks
        self._button.setText(STOP if asks else ASK)

    def _move(self, kind: str, done: int, total: int) -> None:
        if kind == "WhichFactors" and self._asks and total:
            self._button.setText(f"{STOP} ({done / total:.0%})")
