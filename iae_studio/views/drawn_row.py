"""What a drawn code stands for: a row above the grid, in line with its columns."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import heading
from iae_studio.views.to_grid import send
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.style_tiles import HEAD, StyleTiles

_TALL = 64  # px


class DrawnRow(QWidget):
    """The tiles `codePadTiles`; there while something is drawn on the pad."""

    def __init__(self, state: StudioState, grid: ImageGrid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._grid = state, grid
        self._kept = 0
        self._name = heading("drawn", "content")
        self._name.setParent(self)
        self.tiles = StyleTiles(self)
        self.tiles.setObjectName("codePadTiles")
        self.tiles.setAccessibleName("What the drawn code stands for, once for each noise")
        self.tiles.setToolTip("What your drawing stands for; click one to make it an input")
        theme.follow(self, lambda: self.setFixedHeight(_TALL + theme.px(HEAD)))
        self.tiles.chosen.connect(self._to_grid)
        act(self, "Draw", "&Keep what the drawing stands for", "K", self._keep)
        self.hide()
        state.drawing.changed.connect(self._show)
        grid.moved.connect(self._align)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._align()

    def _align(self) -> None:
        """In line with the columns below; without any, beside the name."""
        name, view = self._name.sizeHint(), self._grid.viewport()
        columns = self._grid.drawRects()
        to_here = self.mapFromGlobal(view.mapToGlobal(QPoint()))
        self.tiles.setColumns([each.translated(to_here.x(), 0) for each in columns])
        left = 0 if columns else name.width() + 2 * theme.PAD
        self.tiles.setGeometry(left, 0, self.width() - left, self.height())
        first = columns[0].left() + to_here.x() if columns else left
        middle = theme.px(HEAD) + (_TALL - name.height()) // 2
        self._name.setGeometry(max((first - name.width()) // 2, 0), middle, *name.toTuple())

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
