"""The wheel changes a box only while it has the keyboard: else the page scrolls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from iae_studio.views.controls import ControlsView
from iae_studio.views.device_box import DeviceBox
from iae_studio.views.own_images import OwnImagesDialog
from iae_studio.views.own_looks import Looks
from tests.gpus import with_gpus
from tests.widgets import shown
from trainer.recipe.catalogue import CATALOGUE

RECIPE = CATALOGUE["mnist-10-small"]


def device(state) -> QWidget:
    state.devices.offer(with_gpus("A100", "T4"))
    made = DeviceBox(state.devices)
    state.devices.offer(with_gpus("A100", "T4"))
    return made


PARTS: dict[str, Callable[..., QWidget]] = {
    "noiseSeed": ControlsView,
    "deviceBox": device,
    "sizeBox": lambda _: Looks(RECIPE),
    "classesBox": lambda _: OwnImagesDialog(RECIPE, lambda *_, **__: None),
}


def turn(box: QWidget, by: int) -> None:
    """As the system tells it, which may bring the keyboard along."""
    window = box.window()
    place = QPointF(box.mapTo(window, box.rect().center()))
    QTest.wheelEvent(window.windowHandle(), place, QPoint(0, by))
    QApplication.processEvents()


@pytest.mark.parametrize("name", PARTS)
def test_the_wheel_changes_no_box_that_it_happens_to_pass(qtbot, state, name: str) -> None:
    page, part, other = QWidget(), PARTS[name](state), QLineEdit()
    layout = QVBoxLayout(page)
    layout.addWidget(other)
    layout.addWidget(part)
    shown(qtbot, page, 600, 700)
    part.setWindowFlags(Qt.WindowType.Widget)  # a dialog is a page of it as well
    part.show()
    found = [part, *part.findChildren(QWidget)]
    (box,) = (each for each in found if each.objectName() == name)

    def value() -> int:
        return box.value() if isinstance(box, QSpinBox) else box.currentIndex()

    assert isinstance(box, QComboBox | QSpinBox) and box.isEnabled()
    other.setFocus()
    before = value()
    for by in (120, -120, -120):
        turn(box, by)
        assert value() == before and other.hasFocus()
    box.setFocus()
    seen = set()
    for by in (120, -120, -120):
        turn(box, by)
        seen.add(value())
    assert seen != {before}
