"""A widget on the screen, and its pixels."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from trainer.recipe.catalogue import CATALOGUE

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def fresh_state() -> StudioState:
    """The parts of a window's state, of an experiment whose pictures are small."""
    return StudioState.create(CATALOGUE["drawn-10"])


def shown(qtbot, widget: QWidget, width: int, height: int) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def double_click(widget: QWidget, place: QPoint | None = None) -> None:
    """QTest leaves the button down after its own."""
    pos = widget.rect().center() if place is None else place
    QTest.mouseDClick(widget, LEFT, pos=pos)
    QTest.mouseRelease(widget, LEFT, pos=pos)


def pixel(image: QImage, place: QPoint) -> QColor:
    """The colour at a logical place, at any scale of the screen."""
    return image.pixelColor(place * image.devicePixelRatio())


def luminance(colour: str) -> float:
    parts = [part / 255 for part in QColor(colour).getRgb()[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def heard_of(signal: Any) -> list[tuple[Any, ...]]:
    """What it tells from now on."""
    told: list[tuple[Any, ...]] = []
    signal.connect(lambda *words: told.append(words))
    return told
