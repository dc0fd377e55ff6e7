"""Pictures whose pixels are all of one size, also where a px is 1.25 or 1.5 of the screen's own."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

_NEARLY = 1e-6  # of the screen's pixels: what rounding may have lost


def sharp_side(own: int, most: int, ratio: float) -> int:
    """The largest side up to `most`, in px, in which so many pixels are of one size."""
    factor = max(1, int(most * ratio + _NEARLY) // own)
    return ceil(own * factor / ratio - _NEARLY)


def sharp_box(room: QRect, size: QSize, ratio: float) -> QRect:
    """In the middle of a room in px, by a whole factor or shrunk; in the screen's own pixels."""
    corner = QPoint(round(room.left() * ratio), round(room.top() * ratio))
    sides = (int(side * ratio + _NEARLY) for side in (room.width(), room.height()))
    inner = QRect(corner, QSize(*sides))
    factor = min(inner.width() // size.width(), inner.height() // size.height())
    shrunk = size.scaled(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
    box = QRect(QPoint(0, 0), size * factor if factor > 0 else shrunk)
    box.moveCenter(inner.center())
    return box


def paint_sharp(painter: QPainter, room: QRect, image: QImage, ratio: float) -> QRect:
    """Paint a picture in the middle of a room; smoothly, where it has to be shrunk.

    Returns where it is, in the screen's own pixels.
    """
    box = sharp_box(room, image.size(), ratio)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    shrunk = box.width() < image.width()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
    painter.drawImage(box, image)
    painter.restore()
    return box


def paint_small(painter: QPainter, room: QRect, image: QImage, ratio: float, most: int) -> QRect:
    """The same of a picture of up to so many pixels a side; a larger one fills the room."""
    if max(image.width(), image.height()) <= most:
        return paint_sharp(painter, room, image, ratio)
    box = QRect(QPoint(0, 0), image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio))
    box.moveCenter(room.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box, image)
    painter.restore()
    return own_pixels(box, ratio)


def own_pixels(box: QRect, ratio: float) -> QRect:
    """All of the screen's own pixels that a box in px touches."""
    sides = (box.x(), box.y(), box.width(), box.height())
    return QRectF(*(side * ratio for side in sides)).toAlignedRect()


def paint_frame(painter: QPainter, box: QRect, ink: QColor, ratio: float, wide: int = 1) -> None:
    """A line of so many px around a box in the screen's own pixels; it covers none of them."""
    line = max(round(wide * ratio), 1)
    outer = box.adjusted(-line, -line, line, line)
    flat, tall = QSize(outer.width(), line), QSize(line, outer.height())
    below, beside = QPoint(outer.left(), box.bottom() + 1), QPoint(box.right() + 1, outer.top())
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    for corner in (outer.topLeft(), below):
        painter.fillRect(QRect(corner, flat), ink)
    for corner in (outer.topLeft(), beside):
        painter.fillRect(QRect(corner, tall), ink)
    painter.restore()
