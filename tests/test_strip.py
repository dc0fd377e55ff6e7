"""Strips of pictures with real events, and the digits that a slider keeps for itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from iae_studio.style import theme
from iae_studio.widgets.sliders import SliderBank
from iae_studio.widgets.strip import Strip
from iae_studio.widgets.track import Track
from tests.widgets import LEFT, double_click, heard_of, pixel, shown
from trainer.exploring.questions.directions import STRIP

pytestmark = pytest.mark.usefixtures("dark")
COLOURS = ("#300000", "#003000", "#000030", "#303000", "#003030")


def pictures() -> list[QImage]:
    made = [QImage(28, 28, QImage.Format.Format_RGB32) for _ in COLOURS]
    for image, colour in zip(made, COLOURS, strict=True):
        image.fill(QColor(colour))
    return made


@pytest.fixture
def strip(qtbot) -> Strip:
    made = Strip("content", STRIP)
    made.setPictures(pictures())
    return shown(qtbot, made, 260, 44)


def test_the_picture_nearest_the_value_is_framed(strip) -> None:
    frame = QColor(theme.current().content)
    for value, place in ((0.0, 2), (-3.0, 0), (0.6, 3), (2.9, 4)):
        strip.setValue(value)
        image = strip.grab().toImage()
        for k, colour in enumerate(COLOURS):
            cell = strip.cell(k).toRect()
            assert pixel(image, cell.center()) == QColor(colour)
            edge = pixel(image, QPoint(cell.left(), cell.center().y()))
            assert (edge == frame) is (k == place)


def test_a_click_and_the_keys_choose_an_offset(strip) -> None:
    told = heard_of(strip.chosen)
    for place in (0, 4):
        QTest.mouseClick(strip, LEFT, pos=strip.cell(place).toRect().center())
    strip.setValue(1.0)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End):
        QTest.keyClick(strip, key)
    assert [value for (value,) in told] == [-2.0, 2.0, 2.0, 0.0, -2.0, 2.0]
    strip.name("direction slant")
    assert "slant" in strip.accessibleName() and strip.focusPolicy() == Qt.FocusPolicy.StrongFocus
    with pytest.raises(ValueError, match="5 pictures"):
        strip.setPictures(pictures()[:2])


def test_four_rows_have_strips_and_the_others_are_folded_away(qtbot) -> None:
    bank = shown(qtbot, SliderBank("content"), 260, 600)
    bank.setRows([str(k) for k in range(1, 7)])
    bank.setStrips(4, unfolded=False)
    bank.setPictures([pictures()] * 4)
    rows = bank.rows()
    assert [row.isVisible() for row in rows] == [True] * 4 + [False] * 2
    assert [row.strip.isVisible() for row in rows] == [True] * 4 + [False] * 2
    with qtbot.waitSignal(bank.edited) as told:
        QTest.mouseClick(rows[1].strip, LEFT, pos=rows[1].strip.cell(3).toRect().center())
    assert told.args == [(0.0, 1.0, 0.0, 0.0, 0.0, 0.0)] and rows[1].strip.nearest() == 3
    folded = bank.sizeHint().height()
    bank.setStrips(4, unfolded=True)
    assert rows[5].isVisible() and bank.sizeHint().height() > folded
    bank.setNotes(["slant 0.93", *[""] * 5])
    assert rows[0].note() == "slant 0.93" and rows[0].height() > rows[1].height()


def test_a_name_is_typed_after_a_double_click_on_the_caption(qtbot) -> None:
    bank = shown(qtbot, SliderBank("content"), 260, 200)
    bank.setRows(["1", "2"])
    bank.activateWindow()
    told = heard_of(bank.renamed)
    row = bank.rows()[1]
    for typed, last, expected in (("slant", Qt.Key.Key_Return, 1), ("x", Qt.Key.Key_Escape, 1)):
        double_click(row._caption)
        edit = row.findChild(QLineEdit, "directionName")
        qtbot.waitUntil(edit.hasFocus)
        QTest.keyClicks(edit, typed)
        QTest.keyClick(edit, last)
        assert len(told) == expected
        qtbot.waitUntil(lambda: row.findChild(QLineEdit, "directionName") is None)
        assert row.findChild(Track).hasFocus()
    assert told == [(1, "slant")]


@pytest.mark.parametrize(("key", "text", "kept"), [("2", "2", True), ("D", "d", False)])
def test_digits_are_the_sliders_own_and_letters_the_windows(qtbot, key, text, kept) -> None:
    bank = shown(qtbot, SliderBank("content"), 260, 200)
    bank.setRows(["1"])
    none = Qt.KeyboardModifier.NoModifier
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key[f"Key_{key}"], none, text)
    event.ignore()
    QApplication.sendEvent(bank.rows()[0].findChild(Track), event)
    assert event.isAccepted() is kept
