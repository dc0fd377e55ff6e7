"""The queue trains one after the other, and outlives the program."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QLineEdit, QPushButton, QToolButton

from iae_studio.app import Studio
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.queue_items import Stage
from iae_studio.state.training import State
from iae_studio.widgets.card_list import CardList
from tests.studio import LONG, find, little_data, press, running
from trainer.recipe.catalogue import CATALOGUE
from trainer.storage.paths import queue_root

TINY = CATALOGUE["drawn-10"].but(steps=3, batch=8)
POINTS = CATALOGUE["mog-iae"].but(steps=40)
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def little(monkeypatch) -> Iterator[None]:
    with little_data(monkeypatch):
        yield


def stages(studio: Studio) -> list[Stage]:
    return [item.stage for item in studio.state.queue.items]


def titles(cards: CardList) -> list[str]:
    return [card.right for card in cards.cards.cards]


def open_queue(studio: Studio, qtbot) -> CardList:
    """By its key; the list, which has the keyboard."""
    QTest.keyClick(studio.window, Qt.Key.Key_8, CONTROL)
    dock = studio.window.findChild(QDockWidget, "dock Queue")
    if not dock.isVisible():
        QTest.keyClick(studio.window, Qt.Key.Key_8, CONTROL)
    studio.window.view("queue").bring_forward()
    qtbot.waitUntil(lambda: find(studio, CardList, "queueList") is not None)
    return find(studio, CardList, "queueList")


def test_what_is_queued_by_keys_is_trained_one_after_the_other(qtbot, own_folders, little) -> None:
    with running(own_folders, qtbot) as studio:
        studio.state.displayed.select(DisplayedModel(TINY))
        QTest.keyClick(studio.window, Qt.Key.Key_S, CONTROL | ALT)
        cards, seeds = open_queue(studio, qtbot), find(studio, QLineEdit, "seedsField")
        QTest.keyClicks(seeds, "1, 2")
        QTest.keyClick(seeds, Qt.Key.Key_Return)
        QTest.keyClick(studio.window, Qt.Key.Key_T, CONTROL | SHIFT)
        assert titles(cards) == ["seed 1", "seed 2", "seed 0"]
        dock = studio.window.findChild(QDockWidget, "dock Queue")
        assert dock.windowTitle() == "Queue (3)"
        menu = find(studio, QToolButton, "trainMenuButton").menu().actions()
        assert [each.shortcut().toString() for each in menu] == ["Ctrl+Shift+T", "Ctrl+Alt+S"]
        cards.choose(studio.state.queue.coming[2].key)
        QTest.keyClick(cards, Qt.Key.Key_Up, ALT)
        assert titles(cards) == ["seed 1", "seed 0", "seed 2"]
        cards.choose(studio.state.queue.coming[0].key)
        QTest.keyClick(cards, Qt.Key.Key_Delete)
        assert titles(cards) == ["seed 0", "seed 2"]
        press(studio, qtbot, "queueStartButton")
        qtbot.waitUntil(lambda: stages(studio) == [Stage.DONE] * 2, timeout=LONG)
        assert titles(cards) == ["seed 2", "seed 0"]
        assert dock.windowTitle() == "Queue"
        runs = {item.run: item.step for item in studio.state.queue.items}
        assert set(runs.values()) == {3} and all(run.is_dir() for run in runs)
        shown = studio.state.displayed.model
        assert shown.path == studio.state.queue.items[0].run, "the display follows"
        qtbot.waitUntil(lambda: "done: 3 steps" in cards.cards.cards[0].below, timeout=LONG)
        QTest.mouseClick(find(studio, QToolButton, "queueClearButton"), Qt.MouseButton.LeftButton)
        assert not studio.state.queue.items


def test_one_that_fails_says_why_and_the_next_begins(qtbot, own_folders, little) -> None:
    with running(own_folders, qtbot) as studio:
        studio.state.queue.add(CATALOGUE["mnist-10-small"])  # whose data are not here
        studio.state.queue.add(POINTS)
        cards = open_queue(studio, qtbot)
        press(studio, qtbot, "queueStartButton")
        ended = [Stage.DONE, Stage.FAILED]
        qtbot.waitUntil(lambda: stages(studio) == ended, timeout=LONG)
        failed = cards.cards.cards[1]
        assert "MNIST" in failed.note and failed.below_role == "error" and failed.icon == "close"


def on_disk() -> list[str]:
    file = queue_root() / "queue.json"
    content = json.loads(file.read_text()) if file.is_file() else {"items": []}
    return [item["stage"] for item in content["items"]]


def test_it_outlives_the_program_and_nothing_trains_by_itself(qtbot, own_folders) -> None:
    long = POINTS.but(steps=9000)
    with running(own_folders, qtbot, "mog-iae") as studio:
        studio.state.displayed.select(DisplayedModel(long))
        open_queue(studio, qtbot)
        press(studio, qtbot, "startButton")  # by hand: it leaves a trace as well
        hold = find(studio, QPushButton, "queueStartButton")
        assert not hold.isVisible(), "nothing waits"
        studio.state.queue.add(POINTS.but(seed=5))
        assert hold.isVisible() and hold.text() == "Hold"
        qtbot.waitUntil(lambda: studio.state.queue.progress is not None, timeout=LONG)
        qtbot.waitUntil(lambda: on_disk() == ["running", "waiting"], timeout=LONG)  # amid it
        run = studio.state.training.run_path
    with running(own_folders, qtbot, "mog-iae") as studio:
        queue = studio.state.queue
        qtbot.waitUntil(lambda: len(queue.items) == 2, timeout=LONG)
        assert stages(studio) == [Stage.INTERRUPTED, Stage.WAITING]
        assert queue.items[0].run == run and queue.held
        assert studio.state.training.state is State.IDLE
        cards = open_queue(studio, qtbot)
        qtbot.waitUntil(lambda: "interrupted at step" in cards.cards.cards[0].below, timeout=LONG)
        assert cards.cards.cards[0].below.endswith(": press Start to go on")
        start = find(studio, QPushButton, "queueStartButton")
        assert start.isVisible() and start.text() == "Start"
        press(studio, qtbot, "queueStartButton")
        qtbot.waitUntil(lambda: queue.progress is not None, timeout=LONG)
        assert studio.state.training.run_path == run
        press(studio, qtbot, "stopButton")
        ended = [Stage.WAITING, Stage.STOPPED]
        qtbot.waitUntil(lambda: stages(studio) == ended, timeout=LONG)
        assert queue.held, "who presses Stop wants no other to begin"
    qtbot.waitUntil(lambda: on_disk() == ["waiting", "stopped"], timeout=LONG)


@pytest.mark.parametrize("content", ["{", '{"format": 9, "items": []}'])
def test_a_damaged_or_newer_queue_is_set_aside_and_the_window_starts(
    qtbot, own_folders, content
) -> None:
    queue_root().mkdir(parents=True)
    (queue_root() / "queue.json").write_text(content)
    with running(own_folders, qtbot, "mog-iae") as studio:
        said = studio.state.messages
        qtbot.waitUntil(lambda: said.current is not None, timeout=LONG)
        assert "queue" in said.current.text and said.current.error
        studio.state.queue.add(POINTS)
    (aside,) = queue_root().glob("queue-*.json")
    assert aside.read_text() == content
    assert on_disk() == ["waiting"]
