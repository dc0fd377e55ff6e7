"""What widgets show, as plain pixels for a file or the clipboard."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from trainer.messages import Pixels


def pixels_of(image: QImage) -> Pixels:
    """An image as uint8 [H, W, 3]."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, line = plain.width(), plain.height(), plain.bytesPerLine()
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(height, line)
    return rows[:, : width * 3].reshape(height, width, 3).copy()


def grabbed(widget: QWidget) -> Pixels | None:
    """A widget as it is painted, in the screen's own pixels; None while it has no size."""
    image = widget.grab().toImage()
    return None if image.isNull() else pixels_of(image)
