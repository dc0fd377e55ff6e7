"""A row of small pictures with a word above each; a click or Enter chooses one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from iae_studio.style import theme
from iae_studio.widgets.elided_label import in_lines
from iae_studio.widgets.grid_keys import MOVES
from iae_studio.widgets.sharp import paint_frame
from iae_studio.widgets.sheet import Pixels, to_image
from iae_studio.widgets.spoken import describe, part_of

_COMFORT, _LEAST = 64, 28  # px: a picture's larger side, and what it shrinks to before it scrolls
_GAP, _FRAME, _BAR = 4, 2, 12


class FilmStrip(QAbstractScrollArea):
    """As many pictures as there are, as large as fits; more than that are scrolled."""

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self._pictures: Pixels = np.zeros((0, 1, 1, 1), np.uint8)
        self._images: list[QImage] = []
        self._heads: tuple[str, ...] = ()
        self._role, self._hover, self._at = "muted", -1, 0
        self._tile = QSize(1, 1)  # device pixels
        theme.follow(self, self._relayout)

    def setPictures(self, pictures: Pixels, heads: Sequence[str] = (), role: str = "muted") -> None:
        """Show these, uint8 [N, H, W, C], with the words above them in a colour."""
        same = self._pictures.shape == pictures.shape and tuple(heads) == self._heads
        self._pictures, self._heads, self._role = pictures, tuple(heads), role
        self._images = [to_image(picture) for picture in pictures]
        self._go_to(min(self._at, max(len(pictures) - 1, 0)))
        if not same:
            self._relayout()
            self.updateGeometry()

    def _go_to(self, place: int) -> None:
        """Enter chooses this picture from now on."""
        self._at = place
        head = self._heads[place] if place < len(self._heads) else ""
        describe(self, part_of(place, len(self._images), "picture", head))
        self.viewport().update()

    def pictures(self) -> Pixels:
        """What is shown."""
        return self._pictures

    def heads(self) -> tuple[str, ...]:
        """The words above the pictures."""
        return self._heads

    # ---- places ------------------------------------------------------------------------------

    def _ratio(self) -> float:
        return self.viewport().devicePixelRatioF()

    def _head(self) -> int:
        """The height of the words, in px."""
        return theme.px(theme.CAPTION) + 2 * theme.GRID if self._heads else 0

    def _fitting(self, room: float) -> QSize:
        """A picture's size in device pixels, where each has so much room across in px."""
        height, width = self._pictures.shape[1:3]
        side = min(max(room, _LEAST), _COMFORT) * self._ratio()
        scale = side / max(height, width)
        scale = float(int(scale + 1e-9)) if scale >= 1 else scale
        return QSize(max(round(width * scale), 1), max(round(height * scale), 1))

    def _pitch(self, tile: QSize | None = None) -> int:
        """From one picture to the next in px; a word has some room beyond its picture."""
        metrics = QFontMetrics(theme.sized(self.font(), theme.CAPTION))
        words = max((metrics.horizontalAdvance(head) for head in self._heads), default=0)
        wide = round((tile or self._tile).width() / self._ratio())
        most = wide + theme.px(2 * theme.PAD)
        if (words + theme.GAP) * len(self._heads) <= self.viewport().width():
            most = max(most, words + theme.GAP)  # all words are whole
        return max(wide + _GAP, min(words + theme.GAP, most))

    def _relayout(self) -> None:
        count, wide = max(len(self._images), 1), self.viewport().width()
        self._tile = self._fitting(wide / count - _GAP)
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(self._pitch() * count - wide, 0))
        bar.setPageStep(wide)
        bar.setSingleStep(self._pitch())
        below = _BAR if bar.maximum() else 0
        tall = round(self._tile.height() / self._ratio())
        self.setFixedHeight(self._head() + tall + 2 * _FRAME + below)
        self.viewport().update()

    def rectOf(self, place: int) -> QRect:
        """Where a picture is now, in the viewport's px."""
        left = place * self._pitch() - self.horizontalScrollBar().value() + _FRAME
        size = QSize(
            round(self._tile.width() / self._ratio()), round(self._tile.height() / self._ratio())
        )
        return QRect(QPoint(left, self._head() + _FRAME), size)

    def _place(self, at: QPoint) -> int:
        place = (at.x() + self.horizontalScrollBar().value()) // self._pitch()
        return place if 0 <= place < len(self._images) else -1

    # ---- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        for place, image in enumerate(self._images):
            box = self.rectOf(place)
            if box.right() < 0 or box.left() > self.viewport().width():
                continue
            self._paint_picture(painter, place, image)
            if place < len(self._heads):
                painter.setPen(theme.colour(self._role))
                room = QRect(box.left(), 0, self._pitch() - _GAP, self._head())
                words = painter.fontMetrics().elidedText(
                    self._heads[place], Qt.TextElideMode.ElideRight, room.width()
                )
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def _paint_picture(self, painter: QPainter, place: int, image: QImage) -> None:
        """Framed where the pointer is over it, and where Enter would choose it."""
        box, ratio = self.rectOf(place), self._ratio()
        own = QRect(QPoint(round(box.left() * ratio), round(box.top() * ratio)), self._tile)
        mode = Qt.TransformationMode
        whole = own.width() % image.width() == 0
        how = mode.FastTransformation if whole else mode.SmoothTransformation
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        keep = Qt.AspectRatioMode.IgnoreAspectRatio
        painter.drawImage(own.topLeft(), image.scaled(self._tile, keep, how))
        painter.restore()
        if place == self._hover or (self.hasFocus() and place == self._at):
            paint_frame(painter, own, theme.colour("accent"), ratio)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._relayout()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _COMFORT, self.height())

    def sizeHint(self) -> QSize:
        pitch = self._pitch(self._fitting(_COMFORT))
        return QSize(pitch * max(len(self._images), 1), self.height())

    # ---- hands -------------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point(-1)
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._relayout()
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place(event.pos())
            words = self._heads[place] if 0 <= place < len(self._heads) else ""
            QToolTip.showText(event.globalPos(), in_lines(words), self.viewport())
            return True
        return bool(super().viewportEvent(event))

    def _point(self, place: int) -> None:
        if place != self._hover:
            self._hover = place
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._place(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._place(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self._go_to(place)
            self.chosen.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step, count = MOVES.get(Qt.Key(event.key()), (0, 0))[1], len(self._images)
        if step and count:
            self._go_to(min(max(self._at + step, 0), count - 1))
            pitch, bar = self._pitch(), self.horizontalScrollBar()
            least = (self._at + 1) * pitch - self.viewport().width()
            bar.setValue(min(max(bar.value(), least), self._at * pitch))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and count:
            self.chosen.emit(self._at)
        else:
            event.ignore()
