"""A scrolling sheet of very many pictures: how those in sight are painted, and asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from math import ceil

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from iae_studio.style import theme
from iae_studio.widgets.sharp import own_pixels, paint_frame, paint_small
from iae_studio.widgets.sheet import Pixels, to_image

GAP, COMFORT, LARGEST = 4, 44, 72  # px
MEMORY = 64 << 20  # bytes of pictures that are kept, unless more are in sight
AHEAD = 2  # rows of tiles below and above those in sight that are asked for too
DIMMED = 0.3
NOWHERE = -1


class PictureView(QAbstractScrollArea):
    """Pictures by their numbers, in any order; a place is where one stands in that order.

    The half that is looked at; `PictureSheet` adds the hands.
    """

    wanted = Signal(object)  # tuple of the numbers of pictures in sight that are not here

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._order: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._crossed: npt.NDArray[np.bool_] = np.empty(0, np.bool_)  # by number
        self._source = QSize(28, 28)
        self._kept: OrderedDict[int, QImage] = OrderedDict()
        self._hover = self._cursor = NOWHERE  # places
        self._asked: tuple[int, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.notifier().changed.connect(self.viewport().update)

    # ---- what it shows -----------------------------------------------------------------------

    def setOrder(self, numbers: npt.NDArray[np.int64], source: tuple[int, int]) -> None:
        """Show these, of a width and height of their own."""
        at = self.numberAt(self._cursor)
        self._source, self._order = QSize(*source), numbers
        self._asked, self._hover = (), NOWHERE
        found = np.flatnonzero(numbers == at)
        self._cursor = int(found[0]) if at != NOWHERE and len(found) else NOWHERE
        self._relayout()

    def forget(self) -> None:
        """The pictures are of other data by now."""
        self._kept.clear()
        self._asked = ()

    def setPictures(self, numbers: Sequence[int], pixels: Pixels) -> None:
        """Pictures that were wanted, uint8 [n, H, W, C]; no larger than `finest` is enough."""
        for number, picture in zip(numbers, pixels, strict=True):
            self._kept[number] = to_image(picture)
        self._asked = ()
        size = next(reversed(self._kept.values())).sizeInBytes() if self._kept else 1
        # Fewer than are in sight would be asked for, and forgotten, for ever.
        most = max(MEMORY // size, 500, len(self._in_sight(AHEAD)))
        while len(self._kept) > most:
            self._kept.popitem(last=False)
        self.viewport().update()
        self._want()

    def finest(self) -> int:
        """The longest side, in px, that is ever painted: on the finest of screens."""
        return 2 * theme.px(LARGEST)

    def setCrossed(self, crossed: npt.NDArray[np.bool_]) -> None:
        """Which are dimmed and crossed out, by their numbers."""
        self._crossed = crossed
        self.viewport().update()

    def order(self) -> npt.NDArray[np.int64]:
        """The numbers in their order."""
        return self._order

    def numberAt(self, place: int) -> int:
        """The number that stands at a place."""
        return int(self._order[place]) if 0 <= place < len(self._order) else NOWHERE

    def picture(self, number: int) -> QImage:
        """A picture as it was brought; null where it is not here."""
        return self._kept.get(number, QImage())

    def isCrossed(self, number: int) -> bool:
        return 0 <= number < len(self._crossed) and bool(self._crossed[number])

    # ---- places ------------------------------------------------------------------------------

    def _tile(self) -> QSize:
        """A whole multiple of the pictures' own size, or smaller than that."""
        size = self._source
        longest = max(size.width(), size.height(), 1)
        most = theme.px(LARGEST)
        if longest > most:
            return size.scaled(most, most, Qt.AspectRatioMode.KeepAspectRatio)
        ratio, factor = self.devicePixelRatioF(), max(1, round(theme.px(COMFORT) / longest))
        whole = max(1, round(factor * ratio))  # of the screen's own pixels
        return QSize(ceil(size.width() * whole / ratio), ceil(size.height() * whole / ratio))

    def _across(self) -> int:
        return max(1, (self.viewport().width() - GAP) // (self._tile().width() + GAP))

    def tileRect(self, place: int) -> QRect:
        """Where a tile is now, in the viewport's coordinates."""
        tile, (row, column) = self._tile(), divmod(place, self._across())
        top = GAP + row * (tile.height() + GAP) - self.verticalScrollBar().value()
        return QRect(QPoint(GAP + column * (tile.width() + GAP), top), tile)

    def placeAt(self, point: QPoint) -> int:
        """The place of the tile at a point of the viewport; -1 between them."""
        tile, across = self._tile(), self._across()
        row = (point.y() + self.verticalScrollBar().value() - GAP) // (tile.height() + GAP)
        column = (point.x() - GAP) // (tile.width() + GAP)
        place = row * across + column
        inside = row >= 0 and 0 <= column < across and place < len(self._order)
        return place if inside and self.tileRect(place).contains(point) else NOWHERE

    def _in_sight(self, ahead: int = 0) -> range:
        pitch, across = self._tile().height() + GAP, self._across()
        top = self.verticalScrollBar().value()
        first = max((top - GAP) // pitch - ahead, 0)
        last = (top + self.viewport().height()) // pitch + 1 + ahead
        return range(min(first * across, len(self._order)), min(last * across, len(self._order)))

    def _relayout(self) -> None:
        pitch = self._tile().height() + GAP
        rows = -(-len(self._order) // self._across())
        bar = self.verticalScrollBar()
        bar.setRange(0, max(GAP + rows * pitch - self.viewport().height(), 0))
        bar.setPageStep(max(self.viewport().height() - pitch, pitch))
        bar.setSingleStep(pitch // 2)
        self.viewport().update()
        self._want()

    def _want(self) -> None:
        places = self._in_sight(AHEAD)
        numbers = self._order[places.start : places.stop].tolist()
        for number in numbers:
            if number in self._kept:
                self._kept.move_to_end(number)
        missing = tuple(number for number in numbers if number not in self._kept)
        if missing and missing != self._asked and self.isVisible():
            self._asked = missing
            self.wanted.emit(missing)

    def _scrolled(self) -> None:
        self.viewport().update()
        self._want()

    def showEvent(self, event: QShowEvent) -> None:
        """Another order may have come while it was hidden."""
        super().showEvent(event)
        self._want()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._relayout()
        return bool(super().viewportEvent(event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._relayout()

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 64)

    def sizeHint(self) -> QSize:
        return QSize(480, 160)

    # ---- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("panel"))
        ratio = self.devicePixelRatioF()
        for place in self._in_sight():
            self._paint_tile(painter, self.tileRect(place), self.numberAt(place))
        for place, role in ((self._hover, "muted"), (self._cursor, "accent")):
            if place != NOWHERE and (place != self._cursor or self.hasFocus()):
                box = own_pixels(self.tileRect(place), ratio)
                paint_frame(painter, box, theme.colour(role), ratio, 2)
        painter.end()

    def _paint_tile(self, painter: QPainter, box: QRect, number: int) -> None:
        picture = self._kept.get(number)
        if picture is None:
            painter.fillRect(box, theme.colour("raised"))
            return
        ratio, most = self.devicePixelRatioF(), theme.px(LARGEST)
        if not self.isCrossed(number):
            paint_small(painter, box, picture, ratio, most)
            return
        painter.setOpacity(DIMMED)
        paint_small(painter, box, picture, ratio, most)
        painter.setOpacity(1.0)
        painter.setPen(QPen(theme.colour("error"), 2))
        painter.drawLine(box.topLeft() + QPoint(1, 1), box.bottomRight() - QPoint(1, 1))
        painter.drawLine(box.topRight() + QPoint(-1, 1), box.bottomLeft() + QPoint(1, -1))
