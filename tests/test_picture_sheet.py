"""The sheet of very many pictures: it asks for those in sight alone, and hands pick from it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from iae_studio.widgets.picture_sheet import PictureSheet
from iae_studio.widgets.picture_view import MEMORY
from tests.widgets import heard_of

MANY = 60_000


@pytest.fixture
def sheet(qtbot, dark) -> PictureSheet:
    made = PictureSheet()
    qtbot.addWidget(made)
    made.resize(700, 180)
    made.show()
    return made


def pictures(numbers) -> np.ndarray:
    """Each as bright as its number."""
    levels = np.array([number % 251 for number in numbers], np.uint8)
    return np.broadcast_to(levels[:, None, None, None], (len(levels), 28, 28, 1)).copy()


def answer(sheet: PictureSheet, wanted: list) -> set[int]:
    """Bring all that was asked for; what that was."""
    asked: set[int] = set()
    while wanted:
        (numbers,) = wanted.pop(0)
        asked |= set(numbers)
        sheet.setPictures(numbers, pictures(numbers))
    return asked


def level(sheet: PictureSheet, place: int) -> int:
    """What is painted in the middle of a tile."""
    middle = sheet.tileRect(place).center() + QPoint(3, 0)
    return sheet.viewport().grab().toImage().pixelColor(middle).red()


def test_of_sixty_thousand_only_those_in_sight_are_asked_for(sheet) -> None:
    wanted = heard_of(sheet.wanted)
    order = np.arange(MANY)[::-1].copy()
    sheet.setOrder(order, (28, 28))
    first = answer(sheet, wanted)
    assert MANY - 1 in first and len(first) < 100
    assert level(sheet, 0) == (MANY - 1) % 251
    sheet.verticalScrollBar().setValue(sheet.verticalScrollBar().maximum())
    last = answer(sheet, wanted)
    assert 0 in last and len(last) < 100 and level(sheet, MANY - 1) == 0
    sheet.verticalScrollBar().setValue(0)
    assert not wanted, "what was here a moment ago is kept"


def test_what_is_kept_is_bounded(sheet) -> None:
    sheet.setOrder(np.arange(MANY), (28, 28))
    most = MEMORY // (4 * 28 * 28)
    for start in range(0, most + 1000, 1000):
        numbers = range(start, start + 1000)
        sheet.setPictures(numbers, pictures(numbers))
    assert sheet.picture(900).isNull() and not sheet.picture(start + 999).isNull()


def test_hands_pick_and_cross_out(sheet, qtbot) -> None:
    sheet.setOrder(np.array([40, 30, 20, 10]), (28, 28))
    sheet.setPictures([40, 30, 20, 10], pictures([200] * 4))
    sheet.tip = lambda number: f"number {number}"
    picked, crossed = heard_of(sheet.picked), heard_of(sheet.crossed)
    hovered = heard_of(sheet.hovered)
    view, left = sheet.viewport(), Qt.MouseButton.LeftButton
    qtbot.mouseMove(view, sheet.tileRect(1).center())
    assert hovered[-1] == (30,)
    qtbot.mouseClick(view, left, pos=sheet.tileRect(1).center())
    qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=sheet.tileRect(2).center())
    qtbot.mouseClick(view, left, pos=sheet.tileRect(3).bottomRight() + QPoint(40, 0))
    assert (picked, crossed) == ([(30,)], [(20,)])
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_X, Qt.Key.Key_End, Qt.Key.Key_Return):
        qtbot.keyClick(sheet, key)
    assert (picked[1:], crossed[1:]) == ([(10,)], [(30,)])
    assert sheet.accessibleDescription() == "number 10"
    qtbot.keyClick(sheet, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert len(crossed) == 2, "Ctrl+X is the window's"


def test_what_is_crossed_out_is_dimmed_and_marked(sheet) -> None:
    sheet.setOrder(np.array([0, 1]), (28, 28))
    sheet.setPictures([0, 1], pictures([250, 250]))
    sheet.setCrossed(np.array([False, True]))
    assert level(sheet, 0) == 250 and level(sheet, 1) < 120
    image = sheet.viewport().grab().toImage()
    corner = image.pixelColor(sheet.tileRect(1).topLeft() + QPoint(6, 6))
    assert corner.red() > corner.green() + 60, "a cross, and not paler alone"


def test_another_order_keeps_the_pictures_and_the_cursor(sheet, qtbot) -> None:
    wanted = heard_of(sheet.wanted)
    sheet.setOrder(np.arange(20), (28, 28))
    answer(sheet, wanted)
    qtbot.keyClick(sheet, Qt.Key.Key_End)
    sheet.setOrder(np.arange(20)[::-1].copy(), (28, 28))
    assert not wanted
    crossed = heard_of(sheet.crossed)
    qtbot.keyClick(sheet, Qt.Key.Key_X)
    assert crossed == [(19,)]
    sheet.forget()
    sheet.setOrder(np.arange(5), (28, 28))
    assert answer(sheet, wanted) == set(range(5))


def test_an_order_that_came_while_it_was_hidden_is_asked_for_when_it_is_shown(sheet) -> None:
    wanted = heard_of(sheet.wanted)
    sheet.hide()
    sheet.setOrder(np.arange(20), (28, 28))
    assert not wanted
    sheet.show()
    assert answer(sheet, wanted) == set(range(20))
    sheet.hide()
    sheet.show()
    assert not wanted, "all are here"
