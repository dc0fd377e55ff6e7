"""A row of small pictures, each with a few words below; a click takes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from iae_studio.style import theme
from iae_studio.widgets.grid_keys import MOVES
from iae_studio.widgets.pointed import Pointed
from iae_studio.widgets.sharp import paint_frame, paint_small, sharp_side
from iae_studio.widgets.sheet import Pixels, to_image
from iae_studio.widgets.spoken import describe, part_of

GAP, LINE = 6, 14  # px
SIDE = 64  # px: no picture is shown larger, unless it is


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture and its words, a line each; the last in quiet letters."""

    picture: Pixels
    words: tuple[str, ...]


class PictureStrip(Pointed):
    """As many of its pictures as there is room for, the first ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Shown, ...] = ()
        self._side = 56
        self._cursor = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.notifier().changed.connect(self.update)

    def pictures(self) -> tuple[Shown, ...]:
        return self._shown

    def setPictures(self, shown: Sequence[Shown]) -> None:
        self._shown = tuple(shown)
        if self._shown:
            source = max(self._shown[0].picture.shape[:2])
            ratio = self.devicePixelRatioF()
            self._side = sharp_side(source, SIDE, ratio) if source <= SIDE else SIDE
        self._go_to(0)
        self.updateGeometry()

    def _go_to(self, place: int) -> None:
        """Enter takes this picture from now on."""
        self._cursor = place
        words = self._shown[place].words if self._shown else ()
        describe(self, part_of(place, self._seen(), "picture", *words))
        self.update()

    def pictureRect(self, index: int) -> QRect:
        return QRect(1 + index * (self._side + GAP), 1, self._side, self._side)

    def _seen(self) -> int:
        """How many there is room for."""
        return min(len(self._shown), max(1, (self.width() - 2 + GAP) // (self._side + GAP)))

    def _at(self, place: QPoint) -> int:
        return next((i for i in range(self._seen()) if self.pictureRect(i).contains(place)), -1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.tabular(theme.sized(self.font(), theme.CAPTION)))
        metrics, ratio = painter.fontMetrics(), self.devicePixelRatioF()
        marked = self._cursor if self.hasFocus() else self._hover
        for index, each in enumerate(self._shown[: self._seen()]):
            box = self.pictureRect(index)
            painted = paint_small(painter, box, to_image(each.picture), ratio, SIDE)
            if index == marked:
                paint_frame(painter, painted, theme.colour("accent"), ratio)
            for line, words in enumerate(each.words):
                painter.setPen(theme.colour("text" if line == 0 else "muted"))
                top = box.bottom() + 2 + line * theme.px(LINE)
                below = QRect(box.left(), top, box.width() + GAP, theme.px(LINE))
                told = metrics.elidedText(words, Qt.TextElideMode.ElideRight, below.width())
                painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter), told)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = MOVES.get(Qt.Key(event.key()), (0, 0))[1]
        if move:
            self._go_to(min(max(self._cursor + move, 0), max(0, self._seen() - 1)))
            self.hovered.emit(self._cursor if self._shown else -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._shown:
            self.chosen.emit(self._cursor)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hovered.emit(self._hover)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._go_to(min(self._cursor, max(0, self._seen() - 1)))

    def sizeHint(self) -> QSize:
        high = self._side + 4 + 2 * theme.px(LINE)
        return QSize(len(self._shown) * (self._side + GAP) + 2 - GAP, high)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._side + 2, self.sizeHint().height())
