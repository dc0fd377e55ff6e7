"""What a map is painted with: dots in all its colours, and small pictures side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from iae_studio.style import theme
from iae_studio.widgets.sheet import Pixels, to_image

DOT = 7  # px across, with its rim
SHOWN = 26  # px: pictures on the map are about so large
_ACROSS = 50  # pictures side by side in their sheet


def dots(colours: Sequence[QColor], ratio: float) -> list[QPixmap]:
    """A dot of each colour, with a rim that keeps neighbours apart."""
    made = []
    rim = theme.colour("panel", 0.8)
    side = round(DOT * ratio)
    for colour in colours:
        pixmap = QPixmap(side, side)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(rim)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(0.5, 0.5, DOT - 1, DOT - 1))
        painter.end()
        made.append(pixmap)
    return made


class Thumbnails:
    """Pictures uint8 [N, h, w, C] in one image, enlarged once by a whole factor."""

    def __init__(self, pictures: Pixels) -> None:
        self.count, self._height, self._width = pictures.shape[:3]
        self._image = to_image(_side_by_side(pictures)) if self.count else QImage()
        self._large = QPixmap()
        self._ratio = 0.0
        self.size = (SHOWN, SHOWN)  # on the map, in the screen's own pixels

    def prepare(self, ratio: float) -> None:
        """For a screen of that scale."""
        if ratio == self._ratio or not self.count:
            return
        self._ratio = ratio
        factor = max(1, round(SHOWN * ratio / max(self._height, self._width)))
        large = self._image.scaled(self._image.width() * factor, self._image.height() * factor)
        self._large = QPixmap.fromImage(large)
        self.size = self._width * factor, self._height * factor

    def paint(self, painter: QPainter, left: int, top: int, number: int) -> None:
        """One of them, its upper left corner at one of the screen's own pixels."""
        width, height = self.size
        row, column = divmod(number, _ACROSS)
        painter.drawPixmap(left, top, self._large, column * width, row * height, width, height)

    def picture(self, number: int) -> QImage:
        """One of them in its own size."""
        row, column = divmod(number, _ACROSS)
        place = column * self._width, row * self._height
        return self._image.copy(QRect(*place, self._width, self._height))


def _side_by_side(pictures: Pixels) -> Pixels:
    count, height, width, channels = pictures.shape
    rows = -(-count // _ACROSS)
    page = np.zeros((rows * _ACROSS, height, width, channels), np.uint8)
    page[:count] = pictures
    sheet = page.reshape(rows, _ACROSS, height, width, channels).swapaxes(1, 2)
    return np.ascontiguousarray(sheet).reshape(rows * height, _ACROSS * width, channels)


def lattice_image(pictures: Pixels, columns: int) -> QImage:
    """The pictures of the background [rows columns, h, w, C] as one."""
    count, height, width, channels = pictures.shape
    rows = count // columns
    sheet = pictures.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return to_image(np.ascontiguousarray(sheet).reshape(rows * height, columns * width, channels))
