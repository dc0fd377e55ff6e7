"""The sketch pad: strokes with real events and real pixels."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from iae_studio.widgets.sketch_pad import SketchPad
from tests.widgets import LEFT, RIGHT, pixel, shown

pytestmark = pytest.mark.usefixtures("dark")


@pytest.fixture
def pad(qtbot) -> SketchPad:
    made = shown(qtbot, SketchPad(), 280, 280)
    made.told: list[np.ndarray] = []
    made.sketched.connect(made.told.append)
    return made


def stroke(pad: SketchPad, *places: tuple[int, int], button=LEFT) -> None:
    QTest.mousePress(pad, button, pos=QPoint(*places[0]))
    for place in places[1:]:
        QTest.mouseMove(pad, QPoint(*place))
    QTest.mouseRelease(pad, button, pos=QPoint(*places[-1]))


def test_a_stroke_leaves_white_ink_on_black(pad) -> None:
    stroke(pad, (60, 140), (140, 140), (220, 140))
    last = pad.told[-1]
    assert (last.shape, last.dtype) == ((280, 280), np.uint8)
    assert last[140, 70] == last[140, 140] == last[140, 210] == 255
    assert last[60, 140] == last[220, 140] == 0
    assert pixel(pad.grab().toImage(), QPoint(140, 140)).red() == 255


def test_a_click_leaves_a_dot(pad) -> None:
    stroke(pad, (100, 100))
    assert pad.told[-1][100, 100] == 255


def test_the_right_button_erases(pad) -> None:
    stroke(pad, (60, 140), (220, 140))
    stroke(pad, (140, 100), (140, 180), button=RIGHT)
    assert pad.told[-1][140, 140] == 0
    assert pad.told[-1][140, 70] == 255


def test_undo_and_clear(pad) -> None:
    stroke(pad, (60, 60), (220, 60))
    stroke(pad, (60, 200), (220, 200))
    pad.clear()
    assert pad.isEmpty()
    assert not pad.told[-1].any()
    pad.undo()
    assert pad.told[-1][60, 140] == pad.told[-1][200, 140] == 255
    pad.undo()
    assert pad.told[-1][200, 140] == 0
    pad.undo()
    assert pad.isEmpty()
    assert not pad.canUndo()


def test_pictures_come_no_faster_than_they_can_be_used(pad, qtbot) -> None:
    started = time.perf_counter()
    places = [(20 + step, 140 + (step % 7)) for step in range(240)]
    stroke(pad, *places)
    elapsed = time.perf_counter() - started
    assert 2 <= len(pad.told) <= elapsed / 0.033 + 3
    assert pad.told[-1][140, 250] == 255
