"""Rows of small square pictures; there is nothing to click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from iae_studio.style import theme
from iae_studio.widgets.elided_label import in_lines
from iae_studio.widgets.sharp import paint_small, sharp_side
from iae_studio.widgets.sheet import Pixels, to_image

SIDE, GAP, ACROSS = 64, 4, 6  # px, px, pictures in a row


class SeenImages(QWidget):
    """Below 64 px a picture is as many times as large as fits, a whole number; else it shrinks."""

    def __init__(self, rows: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._side = rows, SIDE
        self._images: list[QImage] = []
        self._names: tuple[str, ...] = ()
        self._pixels: tuple[Pixels, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def pixels(self) -> tuple[Pixels, ...]:
        """What is shown."""
        return self._pixels

    def setImages(self, pixels: Sequence[Pixels], names: Sequence[str] = ()) -> None:
        self._pixels, self._names = tuple(pixels), tuple(names)
        self._images = [to_image(each) for each in pixels]
        count = "1 image" if len(pixels) == 1 else f"{len(pixels)} images"
        self.setAccessibleDescription(", ".join([count, *names]))
        if self._images:
            shown = self._images[0].width()
            ratio = self.devicePixelRatioF()
            self._side = sharp_side(shown, SIDE, ratio) if shown <= SIDE else SIDE
        self.update()

    def squareRect(self, place: int) -> QRect:
        """Where a picture has its room."""
        line, column = divmod(place, ACROSS)
        step = self._side + GAP
        return QRect(column * step, line * step, self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for place in range(self._rows * ACROSS):
            if place < len(self._images):
                image = self._images[place]
                ratio = self.devicePixelRatioF()
                paint_small(painter, self.squareRect(place), image, ratio, SIDE)
            else:
                painter.fillRect(self.squareRect(place), theme.colour("line"))
        painter.end()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for place, name in enumerate(self._names):
                if self.squareRect(place).contains(event.pos()):
                    QToolTip.showText(event.globalPos(), in_lines(name), self)
                    return True
        return bool(super().event(event))

    def sizeHint(self) -> QSize:
        step = SIDE + GAP
        return QSize(ACROSS * step - GAP, self._rows * step - GAP)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
