"""Undo and redo by hands, in the real window."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QSpinBox, QToolButton

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.exploration import exploration
from iae_studio.state.model_files import SHIPPED
from tests.studio import LONG, colour_photo, find, little_data, newest, running, train
from tests.widgets import heard_of
from trainer.recipe.catalogue import CATALOGUE

NAMES = ("drawn-10", "mnist-clusters-small", "shoes-small", "mog-iae", "mnist-det-small")


def press(studio, key: Qt.Key, *more: Qt.KeyboardModifier) -> None:
    modifiers = Qt.KeyboardModifier.NoModifier
    for each in more:
        modifiers |= each
    QTest.keyClick(QApplication.focusWidget() or studio.window, key, modifiers)
    QApplication.processEvents()


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_a_journey_and_all_the_way_back(qtbot, own_folders, tmp_path, monkeypatch) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot) as studio:
        state, undo = studio.state, studio.undo.undo
        qtbot.waitUntil(lambda: undo.begun and len(state.inputs.images) > 0, timeout=LONG)
        studio.window.activateWindow()
        first = newest(studio, qtbot).tiles
        before = exploration(state)
        press(studio, Qt.Key.Key_Space)
        bank = studio.window.view("code and noise").code.bank
        qtbot.waitUntil(lambda: len(bank.rows()) > 1, timeout=LONG)
        bank.edited.emit((0.0, 2.0))
        qtbot.waitUntil(lambda: undo.steps == 2, timeout=LONG)
        state.drops.open_files([colour_photo(tmp_path / "flag.png")])
        qtbot.waitUntil(lambda: undo.steps == 3, timeout=LONG)
        state.displayed.select(
            DisplayedModel(CATALOGUE["mnist-clusters-small"], SHIPPED["mnist-clusters-small"])
        )
        qtbot.waitUntil(lambda: undo.steps == 4, timeout=LONG)
        find(studio, QToolButton, "clustersButton").click()
        qtbot.waitUntil(lambda: undo.undoes == "view", timeout=LONG)
        last = exploration(state)
        while undo.steps:
            press(studio, Qt.Key.Key_Z, CTRL)
        now = exploration(state)
        assert now.model == before.model and now.settings.seed == 0
        assert now.inputs.inputs == before.inputs.inputs
        assert np.array_equal(newest(studio, qtbot).tiles, first)
        assert find(studio, QSpinBox, "noiseSeed").value() == 0
        while undo.redoes:
            press(studio, Qt.Key.Key_Z, CTRL, SHIFT)
        assert exploration(state).model == last.model
        assert exploration(state).settings == last.settings
        assert [known.name for known in state.inputs.brought()] == ["flag.png"]


def test_the_menu_says_what_would_be_undone(qtbot, own_folders) -> None:
    with running(own_folders, qtbot) as studio:
        begun = studio.undo.undo
        qtbot.waitUntil(lambda: begun.begun and len(studio.state.inputs.images) > 0, timeout=LONG)
        newest(studio, qtbot)
        menu = next(each for each in studio.window.findChildren(QMenu) if each.title() == "&Edit")
        back, forth = menu.actions()
        assert not back.isEnabled() and not forth.isEnabled(), "test images came by themselves"
        seed = find(studio, QSpinBox, "noiseSeed")
        seed.setFocus()
        seed.stepUp()
        qtbot.waitUntil(back.isEnabled, timeout=LONG)
        assert back.text() == "Undo: noise seed"
        said = heard_of(studio.state.messages.logged)
        QTest.keyClick(seed, Qt.Key.Key_Z, CTRL)
        assert studio.state.query.seed == 0 and seed.value() == 0
        assert forth.text() == "Redo: noise seed" and not back.isEnabled()
        assert said == [("Undone: noise seed.",)]


def test_a_training_in_the_window_is_not_undone(qtbot, own_folders, monkeypatch) -> None:
    with little_data(monkeypatch), running(own_folders, qtbot, "mog-iae") as studio:
        state = studio.state
        qtbot.waitUntil(lambda: studio.undo.undo.begun, timeout=LONG)
        qtbot.waitUntil(lambda: state.answers.facts is not None, timeout=LONG)
        state.query.set_seed(9)
        QApplication.processEvents()
        train(studio, qtbot)
        qtbot.waitUntil(lambda: not state.displayed.model.live, timeout=LONG)
        QApplication.processEvents()
        assert studio.undo.undo.steps == 1
        press(studio, Qt.Key.Key_Z, CTRL)
        assert state.query.seed == 0 and state.displayed.model.is_run
