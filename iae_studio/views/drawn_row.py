"""What a drawn code stands for: a row above the grid, once for each noise."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import heading
from iae_studio.views.to_grid import send
from iae_studio.widgets.style_tiles import HEAD, StyleTiles

_TALL = 64  # px


class DrawnRow(QWidget):
    """The tiles `codePadTiles`; there while something is drawn on the pad."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._kept = 0
        self.tiles = StyleTiles()
        self.tiles.setObjectName("codePadTiles")
        self.tiles.setAccessibleName("What the drawn code stands for, once for each noise")
        self.tiles.setToolTip("What your drawing stands for; click one to make it an input")
        self.tiles.setFixedHeight(_TALL + theme.px(HEAD))
        self.tiles.chosen.connect(self._to_grid)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.PAD, 0, 0, 0)
        layout.setSpacing(theme.PAD)
        layout.addWidget(heading("drawn", "content"))
        layout.addWidget(self.tiles, 1)
        act(self, "Draw", "&Keep what the drawing stands for", "K", self._keep)
        self.hide()
        state.drawing.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        drawn = self._state.drawing.tiles
        self.tiles.setTiles(None if drawn is None else drawn.tiles)
        self.setVisible(drawn is not None)

    def _keep(self) -> None:
        self._to_grid(self._state.selection.column)

    def _to_grid(self, index: int) -> None:
        """One of the tiles is an input from now on."""
        drawn = self._state.drawing.tiles
        if drawn is not None:
            index = min(index, len(drawn.tiles) - 1)
            self._kept += 1
            send(self._state, [(f"drawn {self._kept}, n{index + 1}", drawn.tiles[index])])
