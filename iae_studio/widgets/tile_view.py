"""A scrolling sheet of tiles: where they are and how they get painted."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from iae_studio.style import theme
from iae_studio.widgets.grid_layout import SEEN, GridLayout, fit
from iae_studio.widgets.grid_painter import GridPainter, Look, cross_box
from iae_studio.widgets.sheet import Sheet


class TileView(QAbstractScrollArea):
    """The half of the image grid that is looked at; `ImageGrid` adds the hands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = Sheet(np.zeros((0, 28, 28, 1), np.uint8), None)
        self._look = Look(font=self.font())
        self._layout: GridLayout | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
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

    def _relayout(self) -> None:
        ratio, view = self._ratio(), self.viewport().size()
        room = int(view.width() * ratio), int(view.height() * ratio)
        columns = len(self._look.heads)
        layout = fit(room, self._sheet.rows, columns, self._sheet.source, ratio, self._look.code)
        self._layout = layout
        row = round((layout.tile[1] + layout.gap) / ratio)
        for bar, length, page, step in (
            (self.verticalScrollBar(), layout.height, room[1], row),
            (self.horizontalScrollBar(), layout.full_width, room[0], 40),
        ):
            bar.setRange(0, max(int(np.ceil((length - page) / ratio)), 0))
            bar.setPageStep(int(page / ratio))
            bar.setSingleStep(max(step // 2, 1))
        self.viewport().update()

    def tileRect(self, row: int, column: int) -> QRect:
        """Where a tile is now, in the viewport's coordinates."""
        x, y, width, height = self._grid().box(row, column)
        offset, ratio = self._offset(), self._ratio()
        return QRect(
            round((x - offset.x()) / ratio),
            round((y - offset.y()) / ratio),
            round(width / ratio),
            round(height / ratio),
        )

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
        ratio = self._ratio()
        return QPoint(int(place.x() * ratio), int(place.y() * ratio)) + self._offset()

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
            layout, offset, ratio = self._grid(), self._offset(), self._ratio()
            painter.scale(1 / ratio, 1 / ratio)
            self._look.focus = self.hasFocus()
            drawing = GridPainter(painter, layout, self._sheet, self._look, ratio)
            height = int(self.viewport().height() * ratio)
            pitch = layout.tile[1] + layout.gap
            first = max((offset.y() - layout.header) // pitch, 0)
            last = min((offset.y() + height - layout.header) // pitch + 1, layout.rows)
            painter.translate(-offset.x(), -offset.y())
            drawing.paint_body(range(first, last), layout.order)
            painter.translate(0, offset.y())
            width = max(layout.full_width, int(self.viewport().width() * ratio))
            drawing.paint_heads(width + offset.x(), offset.y() > 0)
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
