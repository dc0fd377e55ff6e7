"""A tile, large, beside its input and what lies between them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import column, heading, row
from iae_studio.widgets.plain import PlainLabel
from iae_studio.widgets.sheet import to_image
from trainer.messages import Pixels

SIDE = 308  # px: eleven times 28


class LargeView(QDialog):
    """Pictures with whole, sharp pixels side by side; Escape closes it."""

    def __init__(
        self,
        name: str,
        pictures: Sequence[tuple[str, str, Pixels]],
        parent: QWidget | None = None,
    ) -> None:
        """`pictures` are (title, role of its colour, pixels)."""
        super().__init__(parent)
        self.setWindowTitle(name)
        layout, gap = column(self, pad=16), 2 * theme.GAP
        room = self.screen().availableSize().width() - 2 * 16
        self._side = min(SIDE, room // len(pictures) - gap)
        layout.addLayout(row(*(self._picture(*each) for each in pictures), gap=gap))

    def _picture(self, title: str, role: str, pixels: Pixels) -> QWidget:
        box = QWidget()
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        label = PlainLabel()
        ratio = self.devicePixelRatioF()
        factor = max(1, int(self._side * ratio) // pixels.shape[0])
        image = to_image(pixels).scaled(
            pixels.shape[1] * factor,
            pixels.shape[0] * factor,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.FastTransformation,
        )
        image.setDevicePixelRatio(ratio)
        label.setPixmap(QPixmap.fromImage(image))
        layout.addWidget(heading(title, role))
        layout.addWidget(label)
        return box
