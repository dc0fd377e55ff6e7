"""Keys in a text field of the real window are about its text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from iae_studio.views.losses import LossesView
from iae_studio.widgets.image_grid import ImageGrid
from tests.studio import LONG, find, little_data, newest, running

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(qtbot, own_folders, monkeypatch):
    with little_data(monkeypatch), running(own_folders, qtbot) as started:
        newest(started, qtbot)
        started.window.activateWindow()
        yield started


def focus(qtbot, field: QWidget) -> None:
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=LONG)


def test_a_key_for_a_word_or_for_marked_text_is_not_the_windows(studio, qtbot) -> None:
    images = studio.state.inputs.images
    assert images
    QTest.keyClick(studio.window, Qt.Key.Key_F, CONTROL)
    search = find(studio, QLineEdit, "runSearch")
    focus(qtbot, search)
    QTest.keyClicks(search, "two words")
    QTest.keyClick(search, Qt.Key.Key_Backspace, CONTROL)
    assert search.text() == "two " and studio.state.inputs.images == images
    seed = find(studio, QSpinBox, "noiseSeed")
    focus(qtbot, seed)
    QTest.keyClick(seed, Qt.Key.Key_Backspace, CONTROL)
    assert studio.state.inputs.images == images

    log = find(studio, QPlainTextEdit, "logText")
    studio.window.findChild(LossesView).show_log("a line")
    focus(qtbot, log)
    QTest.keyClick(log, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(log, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text().endswith("a line")

    focus(qtbot, find(studio, ImageGrid, "imageGrid"))
    QTest.keyClick(studio.window, Qt.Key.Key_Backspace, CONTROL)
    assert not studio.state.inputs.images, "elsewhere it is the window's"
