"""A scrolling sheet of tiles: where they are and how they get painted."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from iae_studio.style import theme
from iae_studio.widgets.grid_layout import SEEN, GridLayout, fit
from iae_studio.widgets.grid_painter import GridPainter, Look, cross_box
from iae_studio.widgets.sheet import Sheet


class TileView(QAbstractScrollArea):
    """The half of the image grid that is looked at; `ImageGrid` adds the hands."""

    moved = Signal()  # the columns lie elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = Sheet(np.zeros((0, 28, 28, 1), np.uint8), None)
        self._look = Look(font=self.font())
        self._layout: GridLayout | None = None
        self._zoom = 0  # steps from what fits ...
        self._base: tuple[int, int] | None = None  # ... into so much room, in device pixels
        self._wheel = 0  # eighths of a degree that were no whole step yet
        self._dragged: QPoint | None = None  # by the middle button: from here
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self.moved)
        theme.notifier().changed.connect(self.viewport().update)

    def _scrolled(self) -> None:
        self.viewport().update()

    # Places: the layout counts device pixels, Qt's events logical ones.

    def _ratio(self) -> float:
        return self.viewport().devicePixelRatioF()

    def _offset(self) -> QPoint:
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        return QPoint(*(round(bar.value() * self._ratio()) for bar in bars))

    def _grid(self) -> GridLayout:
        if self._layout is None:
            self._relayout()
        assert self._layout is not None
        return self._layout

    def _fitted(self, zoom: int) -> GridLayout:
        ratio, sheet, look = self._ratio(), self._sheet, self._look
        room = self._room()
        shape = sheet.rows, len(look.heads), sheet.source
        return fit(room, *shape, ratio, look.code, look.heat, zoom, self._base, look.apart)

    def _room(self) -> tuple[int, int]:
        ratio, view = self._ratio(), self.viewport().size()
        return int(view.width() * ratio), int(view.height() * ratio)

    def _relayout(self) -> None:
        ratio, view = self._ratio(), self.viewport().size()
        self._layout = layout = self._fitted(self._zoom)
        row = round((layout.tile[1] + layout.gap) / ratio)
        for bar, length, page, step in (
            (self.verticalScrollBar(), layout.height, int(view.height() * ratio), row),
            (self.horizontalScrollBar(), layout.full_width, int(view.width() * ratio), 40),
        ):
            bar.setRange(0, max(int(np.ceil((length - page) / ratio)), 0))
            bar.setPageStep(int(page / ratio))
            bar.setSingleStep(max(step // 2, 1))
        self.viewport().update()
        self.moved.emit()

    def zoom(self) -> int:
        """How many steps the tiles are larger, or smaller, than fits."""
        return self._within(self._zoom)

    def _within(self, zoom: int) -> int:
        """So many steps, or the fewer at which tiles are as large: other pictures allow others."""
        toward = 1 if zoom > 0 else -1
        while zoom and self._fitted(zoom).tile == self._fitted(zoom - toward).tile:
            zoom -= toward
        return zoom

    def setZoom(self, zoom: int, about: QPoint | None = None) -> None:
        """Tiles so many steps larger than fits; what is at `about` in the viewport stays there."""
        before = self._grid()
        if not self._zoom:
            self._base = self._room()  # a scroll bar that comes must not change it
        zoom = self._within(zoom)
        if zoom == self._zoom:
            return
        self._zoom = zoom
        place = about or QPoint(0, round(before.header / self._ratio()))
        at = self._device(place)
        self._relayout()
        grow = [self._grid().tile[axis] / before.tile[axis] for axis in (0, 1)]
        left, top = before.left, before.header
        for bar, old, edge, fresh, k, here in (
            (self.horizontalScrollBar(), at.x(), left, self._grid().left, grow[0], place.x()),
            (self.verticalScrollBar(), at.y(), top, top, grow[1], place.y()),
        ):
            bar.setValue(round((fresh + (old - edge) * k) / self._ratio() - here))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl: larger and smaller, about the pointer."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        self._wheel += event.angleDelta().y()
        steps = int(self._wheel / 120)
        self._wheel -= 120 * steps
        if steps:
            self.setZoom(self.zoom() + steps, event.position().toPoint())
        event.accept()

    def _begin_pan(self, place: QPoint) -> None:
        self._dragged = place
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def _pan(self, place: QPoint) -> bool:
        """Scroll along with a drag; False while there is none."""
        if self._dragged is None:
            return False
        moved, self._dragged = self._dragged - place, place
        for bar, by in (
            (self.horizontalScrollBar(), moved.x()),
            (self.verticalScrollBar(), moved.y()),
        ):
            bar.setValue(bar.value() + by)
        return True

    def _end_pan(self) -> None:
        self._dragged = None
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)

    def tileRect(self, row: int, column: int) -> QRect:
        """Where a tile is now, in the viewport's coordinates."""
        x, y, width, height = self._grid().box(row, column)
        offset, ratio = self._offset(), self._ratio()
        return QRect(
            round((x - self._grid().shift(column, offset.x())) / ratio),
            round((y - offset.y()) / ratio),
            round(width / ratio),
            round(height / ratio),
        )

    def drawRects(self) -> list[QRect]:
        """Where the first row's draws are; empty for one behind the column that stays in sight."""
        if not self._sheet.rows:
            return []
        tiles = [self.tileRect(0, column) for column in range(self._grid().columns)]
        seen = self._grid().pinned / self._ratio()
        return [tile if tile.left() >= seen else QRect() for tile in tiles]

    def _row_rect(self, row: int) -> QRect:
        """The stripe of the viewport that a row's tiles lie in, with a pixel to spare."""
        tile = self.tileRect(row, SEEN)
        return QRect(0, tile.top() - 1, self.viewport().width(), tile.height() + 2)

    def tileAt(self, place: QPoint) -> tuple[int, int] | None:
        """The tile at a place of the viewport."""
        if place.y() * self._ratio() < self._grid().header:
            return None
        at = self._device(place)
        return self._grid().at(at.x(), at.y())

    def _device(self, place: QPoint) -> QPoint:
        """A place of the viewport in the sheet; what is seen stays where it is."""
        ratio, offset = self._ratio(), self._offset()
        at = QPoint(int(place.x() * ratio), int(place.y() * ratio))
        pinned = at.x() < self._grid().pinned
        return at + QPoint(0 if pinned else offset.x(), offset.y())

    def headAt(self, place: QPoint) -> int | None:
        """The noise column whose heading is at a place of the viewport."""
        if not 0 <= place.y() * self._ratio() < self._grid().header or not self._sheet.rows:
            return None
        column = self._grid().column_at(self._device(place).x())
        return column if column is not None and column >= 0 else None

    def _on_cross(self, place: QPoint) -> bool:
        tile = self.tileAt(place)
        if tile is None or tile[1] != SEEN:
            return False
        box = cross_box(QRect(*self._grid().box(*tile)), self._ratio())
        return box.contains(self._device(place))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("panel"))
        if self._sheet.rows:
            layout, ratio = self._grid(), self._ratio()
            painter.scale(1 / ratio, 1 / ratio)
            self._look.focus = self.hasFocus()
            room = self.viewport().size() * ratio
            place = self._offset()
            drawing = GridPainter(painter, layout, self._sheet, self._look, ratio, place, room)
            drawing.paint_body()
            drawing.paint_heads()
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._relayout()

    def sizeHint(self) -> QSize:
        return QSize(720, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 64)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
