"""The grid of inputs and of what a model makes of them: one widget that paints all tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from math import ceil

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCursor, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from iae_studio.style import theme
from iae_studio.widgets.elided_label import in_lines
from iae_studio.widgets.grid_keys import MOVES
from iae_studio.widgets.grid_layout import CODE, HEAT, SEEN
from iae_studio.widgets.grid_painter import NOWHERE
from iae_studio.widgets.sheet import Pixels, Sheet
from iae_studio.widgets.spoken import describe, part_of
from iae_studio.widgets.tile_view import TileView

_MARKING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class ImageGrid(TileView):
    """A row for each input, a column for each noise vector.

    Column SEEN is what the model sees, CODE its code where that is a picture, HEAT where the noise
    acts; 0, 1, ... are noises. Ctrl and the wheel enlarge; the middle button drags.
    """

    hovered = Signal(int, int)  # row -1: none
    selected = Signal(int, int)
    activated = Signal(int, int)
    removeRequested = Signal(int)
    headingClicked = Signal(int)
    marked = Signal(int, int, Qt.KeyboardModifier)  # a click with Ctrl or Alt: nothing is selected

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Inputs and what the model makes of them")

    def setSheet(
        self,
        seen: Pixels,
        tiles: Pixels | None,
        columns: Sequence[str],
        rows: Sequence[str],
        code: Pixels | None = None,
        with_code: bool = False,
        heat: Pixels | None = None,
    ) -> None:
        """Show these pictures; without `tiles` (or `code`), places are kept for them."""
        if tiles is not None and tiles.shape[1] != len(columns):
            raise ValueError(f"{len(columns)} headings for {tiles.shape[1]} columns")
        self._sheet = Sheet(seen, tiles, code, heat)
        self._look.code = with_code or code is not None
        self._look.heat = heat is not None
        self._look.heads, self._look.names = tuple(columns), tuple(rows)
        row, column = self._look.selected
        gone = (column == CODE and not self._look.code) or (column == HEAT and heat is None)
        if row >= len(seen) or column >= len(columns) or gone:
            self._look.selected = NOWHERE
        self._relayout()
        self._point_again()

    def setFirstRow(self, tiles: Pixels) -> None:
        """Exchange the first row's draws [columns, H, W, C], if the grid has such a row."""
        if self._sheet.exchange_row(0, tiles):
            self.viewport().update(self._row_rect(0))

    def setRole(self, role: str) -> None:
        """The colour of the draws' heads; those that no noise makes differ cannot be locked."""
        self._look.role = role
        self.viewport().update()

    def setLocked(self, columns: Set[int]) -> None:
        self._look.locked = frozenset(columns)
        self.viewport().update()

    def setMarks(self, marks: Mapping[tuple[int, int], str]) -> None:
        """Letters on tiles, beside the one that is selected."""
        self._look.marks = dict(marks)
        self.viewport().update()

    def selection(self) -> tuple[int, int]:
        """The selected row and column; row -1 is none."""
        return self._look.selected

    def setSelection(self, row: int, column: int) -> None:
        """Select without telling; row -1 selects nothing."""
        known = 0 <= row < self._sheet.rows and column in self._grid().order
        self._look.selected = (row, column) if known else NOWHERE
        self._describe()
        self.viewport().update()

    def image(self, row: int, column: int) -> QImage:
        """A tile in its own size, for enlarging and copying; null where there is none."""
        return self._sheet.picture(row, column) if self._sheet.has(row, column) else QImage()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(QPoint(-1, -1))
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._relayout()
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self._tip(event.pos())
            if text:
                QToolTip.showText(event.globalPos(), in_lines(text), self.viewport())
                return True
        return bool(super().viewportEvent(event))

    def _tip(self, place: QPoint) -> str:
        head = self.headAt(place)
        if head is not None and self._look.role_of(head) == "style":
            what = "Unlock this noise" if head in self._look.locked else "Keep this noise"
            return f"{what}: a locked column stays when the others are drawn anew"
        if self._on_cross(place):
            return "Remove this input (Delete)"
        tile = self.tileAt(place)
        known = tile is not None and tile[1] == SEEN and tile[0] < len(self._look.names)
        return self._look.names[tile[0]] if known and tile is not None else ""

    # Hands

    def _scrolled(self) -> None:
        super()._scrolled()
        self._point_again()

    def _point_again(self) -> None:
        """The tiles moved below a pointer at rest."""
        if self.viewport().underMouse():
            self._point_at(self.viewport().mapFromGlobal(QCursor.pos()))

    def _point_at(self, place: QPoint) -> None:
        inside = self.viewport().rect().contains(place)
        tile = (self.tileAt(place) if inside else None) or NOWHERE
        head = self.headAt(place) if inside else None
        cross = inside and self._on_cross(place)
        look = self._look
        if (tile, head, cross) == (look.hover, look.hover_head, look.hover_cross):
            return
        moved = tile != look.hover
        look.hover, look.hover_head, look.hover_cross = tile, head, cross
        hand = cross or (head is not None and look.role_of(head) == "style")
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor
        )
        self.viewport().update()
        if moved:
            self.hovered.emit(*tile)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._pan(event.position().toPoint()):
            self._point_at(event.position().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._begin_pan(event.position().toPoint())
            return
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        place = event.position().toPoint()
        head, tile = self.headAt(place), self.tileAt(place)
        if head is not None:
            if self._look.role_of(head) == "style":
                self.headingClicked.emit(head)
        elif tile is not None and self._on_cross(place):
            self.removeRequested.emit(tile[0])
        elif tile is not None and event.modifiers() & _MARKING:
            self.marked.emit(*tile, event.modifiers())
        elif tile is not None:
            self._select(*tile)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # what was pressed here ends here
        if event.button() == Qt.MouseButton.MiddleButton:
            self._end_pan()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        tile = self.tileAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or tile is None:
            self.mousePressEvent(event)  # quick clicks on a heading count each
        elif not self._on_cross(event.position().toPoint()):
            self.activated.emit(*tile)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, (row, column) = Qt.Key(event.key()), self._look.selected
        if key in MOVES and self._sheet.rows:
            down, right = MOVES[key] if row >= 0 else (1, 0)
            row = min(max(row + down, 0), self._sheet.rows - 1)
            order = self._grid().order
            place = min(max(order.index(column) + right, 0), len(order) - 1)
            self._select(row, order[place])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.activated.emit(row, column)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and row >= 0:
            self.removeRequested.emit(row)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()  # Space, T and the rest belong to the window

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What was selected in sight stays there as a strip opens below, or the window shrinks."""
        row, column = self._look.selected
        room = QRect(QPoint(), event.oldSize())
        shown = row >= 0 and self._layout is not None and room.contains(self.tileRect(row, column))
        super().resizeEvent(event)
        if shown:
            self._reveal(row, column)

    def _select(self, row: int, column: int) -> None:
        moved = (row, column) != self._look.selected
        self.setSelection(row, column)
        self._reveal(row, column)
        if moved:
            self.selected.emit(row, column)

    def _reveal(self, row: int, column: int) -> None:
        tile, bar = self.tileRect(row, column), self.verticalScrollBar()
        top = tile.top() - round(self._grid().header / self._ratio())
        below = tile.bottom() + theme.PAD - self.viewport().height()
        if top < 0:
            bar.setValue(bar.value() + top)
        elif below > 0:
            bar.setValue(bar.value() + min(below, top))
        if column == SEEN:
            return
        bar = self.horizontalScrollBar()
        left = tile.left() - ceil((self._grid().pinned + self._grid().gap) / self._ratio())
        beyond = tile.right() + theme.PAD - self.viewport().width()
        if left < 0:
            bar.setValue(bar.value() + left)
        elif beyond > 0:
            bar.setValue(bar.value() + min(beyond, left))

    def _describe(self) -> None:
        row, column = self._look.selected
        if row < 0:
            describe(self, "")
            return
        name = self._look.names[row] if row < len(self._look.names) else ""
        fixed = {SEEN: "what the model sees", CODE: "its code", HEAT: "where the noise acts"}
        head = fixed.get(column) or f"noise {self._look.heads[column]}"
        describe(self, part_of(row, self._sheet.rows, "input", name, head))
