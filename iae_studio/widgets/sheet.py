"""The pictures of an image grid: built once for each answer, cut and scaled when painted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from iae_studio.widgets.grid_layout import CODE, HEAT, SEEN

Pixels = npt.NDArray[np.uint8]


def to_image(pixels: Pixels) -> QImage:
    """An uint8 array [H, W, 1 or 3] as an image that owns its memory."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (1, 3):
        raise ValueError(f"pictures are uint8 [H, W, 1 or 3], not {pixels.dtype} {pixels.shape}")
    height, width, channels = pixels.shape
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    data = np.ascontiguousarray(pixels)
    image = QImage(data.data, width, height, width * channels, kind)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # a copy, and what paints fastest


class Sheet:
    """All pictures in one image: what the model sees, its code if that is one, then the draws.

    Between them, where it is wanted, where the noise acts.
    """

    def __init__(
        self,
        seen: Pixels,
        tiles: Pixels | None,
        code: Pixels | None = None,
        heat: Pixels | None = None,
    ) -> None:
        count, height, width = seen.shape[:3]
        if tiles is not None and (len(tiles) != count or tiles.shape[2:4] != (height, width)):
            raise ValueError(f"tiles {tiles.shape} do not belong to inputs {seen.shape}")
        self.rows, self.source = count, (width, height)
        self.columns = 0 if tiles is None else tiles.shape[1]
        first = {SEEN: seen, CODE: code, HEAT: heat}
        before = {column: part[:, None] for column, part in first.items() if part is not None}
        self._before = {column: place for place, column in enumerate(before)}
        parts = [*before.values(), *([] if tiles is None else [tiles])]
        self._whole = to_image(_pack(parts)) if count else QImage()
        self._scaled: dict[tuple[int, int], QImage] = {}
        self._size = QSize()
        self.missing: frozenset[int] = frozenset()  # draws whose pictures are not there yet

    def exchange_row(self, row: int, tiles: Pixels) -> bool:
        """Other draws [D, H, W, C] in a row; False, and nothing done, where they do not fit."""
        width, height = self.source
        if row >= self.rows or tiles.shape[:3] != (self.columns, height, width):
            return False
        painter = QPainter(self._whole)
        place = self._part(row, 0).topLeft()
        painter.drawImage(place, to_image(np.concatenate(list(tiles), axis=1)))
        painter.end()
        self._scaled = {key: made for key, made in self._scaled.items() if key[0] != row}
        return True

    def has(self, row: int, column: int) -> bool:
        there = column in self._before if column < 0 else column < self.columns
        return 0 <= row < self.rows and there and column not in self.missing

    def picture(self, row: int, column: int) -> QImage:
        """One tile in its own size."""
        return self._whole.copy(self._part(row, column))

    def _part(self, row: int, column: int) -> QRect:
        width, height = self.source
        place = self._before[column] if column < 0 else len(self._before) + column
        return QRect(place * width, row * height, width, height)

    def paint(self, painter: QPainter, target: QRect, row: int, column: int) -> None:
        """Paint a tile; `target` in device pixels, the painter unscaled."""
        part = self._part(row, column)
        if target.width() % part.width() == 0 and target.height() % part.height() == 0:
            painter.drawImage(target, self._whole, part)
        else:
            painter.drawImage(target.topLeft(), self._smooth(target.size(), row, column))

    def _smooth(self, size: QSize, row: int, column: int) -> QImage:
        if size != self._size:
            self._scaled.clear()
            self._size = QSize(size)
        if (row, column) not in self._scaled:
            self._scaled[row, column] = self.picture(row, column).scaled(
                size,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        return self._scaled[row, column]


def _pack(parts: list[Pixels]) -> Pixels:
    """Some of [N, columns, H, W, C] beside each other: one picture [N H, columns W, C]."""
    channels = max(part.shape[-1] for part in parts)
    every = np.concatenate([np.broadcast_to(p, (*p.shape[:-1], channels)) for p in parts], axis=1)
    count, columns, height, width, channels = every.shape
    swapped = every.transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(swapped).reshape(count * height, columns * width, channels)
