"""The computer stays awake while something trains; the desktop says what ended meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from iae_studio.alerts import Alerts, DesktopTeller
from iae_studio.state.training import State
from iae_studio.threads.awake import FAILS, AwakeThread
from tests.studio import LONG, press, running
from trainer.messages import Failed
from trainer.recipe.catalogue import CATALOGUE


class Mode:
    """As wakepy's, and who entered and left it."""

    active = True
    calls: list[tuple[str, int]]

    def __init__(self, calls: list[tuple[str, int]], fails: str = "") -> None:
        self.calls, self.fails = calls, fails

    def __enter__(self) -> Mode:
        self.calls.append(("enter", threading.get_ident()))
        if self.fails == "enter":
            raise RuntimeError("no bus")
        return self

    def __exit__(self, *_: object) -> None:
        self.calls.append(("leave", threading.get_ident()))
        if self.fails == "leave":
            raise RuntimeError("no bus")


@pytest.fixture
def thread(qapp) -> Iterator[AwakeThread]:
    made = AwakeThread()
    made.start()
    yield made
    made.ask_to_end()
    assert made.wait(LONG)


def test_it_is_asked_for_and_taken_back_on_one_thread(thread, qtbot, monkeypatch) -> None:
    calls: list[tuple[str, int]] = []
    monkeypatch.setattr("wakepy.keep.running", lambda **_: Mode(calls))
    for _ in range(2):
        thread.want(True)
        qtbot.waitUntil(lambda: thread.on, timeout=LONG)
        thread.want(False)
        qtbot.waitUntil(lambda: not thread.on, timeout=LONG)
    thread.want(True)
    qtbot.waitUntil(lambda: thread.on, timeout=LONG)
    thread.ask_to_end()
    thread.wait(LONG)
    assert [what for what, _ in calls] == ["enter", "leave"] * 3
    assert {where for _, where in calls} != {threading.get_ident()}
    assert len({where for _, where in calls}) == 1


@pytest.mark.parametrize("fails", ["enter", "leave"])
def test_a_system_that_refuses_is_told_of_once_and_disturbs_nothing(
    thread, qtbot, monkeypatch, caplog, fails
) -> None:
    calls: list[tuple[str, int]] = []
    monkeypatch.setattr("wakepy.keep.running", lambda **_: Mode(calls, fails))
    with caplog.at_level(logging.INFO, "iae-studio"):
        for count in (1, 2):
            thread.want(True)
            qtbot.waitUntil(lambda count=count: len(calls) >= count, timeout=LONG)
            thread.want(False)
            qtbot.wait(50)  # what is over before it is seen is not asked for again
        thread.ask_to_end()
        thread.wait(LONG)
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if FAILS in line]) == (fails == "enter")


def test_without_a_desktop_wakepy_itself_says_no_without_a_warning(
    thread, qtbot, monkeypatch, caplog
) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "WAKEPY_FAKE_SUCCESS"):
        monkeypatch.delenv(name, raising=False)
    with caplog.at_level(logging.INFO, "iae-studio"):
        thread.want(True)
        qtbot.waitUntil(lambda: any(FAILS in each for each in caplog.messages), timeout=LONG)
    assert not thread.on


def test_with_a_desktop_it_is_awake_while_it_trains_and_no_longer(
    qtbot, own_folders, monkeypatch
) -> None:
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "yes")
    with running(own_folders, qtbot, "mog-iae") as studio:
        awake = studio.queue.awake
        assert not awake.on
        press(studio, qtbot, "startButton")
        qtbot.waitUntil(lambda: awake.on, timeout=LONG)
        qtbot.waitUntil(lambda: studio.state.training.started, timeout=LONG)
        press(studio, qtbot, "pauseButton")
        qtbot.waitUntil(lambda: not awake.on, timeout=LONG)


# ---- alerts --------------------------------------------------------------------------------------


class Teller:
    """Hears what the desktop would say."""

    def __init__(self) -> None:
        self.needed, self.said = True, list[str]()

    def is_needed(self) -> bool:
        return self.needed

    def tell(self, title: str, text: str) -> None:
        self.said.append(f"{title}: {text}")

    def be_quiet(self) -> None:
        self.said.clear()


def train(state) -> None:
    state.training.begin(CATALOGUE["mog-iae"], None)
    state.training.began("run", CATALOGUE["mog-iae"], np.empty((0, 14), np.float32))
    state.training.set_state(State.TRAINING)


def test_what_ends_fails_or_waits_is_told_to_who_looks_elsewhere(state, qtbot) -> None:
    teller = Teller()
    alerts = Alerts(state, QWidget(), teller)
    state.queue.hold()
    train(state)
    state.training.set_state(State.UNSAVED)
    state.training.set_state(State.FINISHED)
    state.training.ended()
    state.queue.add(CATALOGUE["drawn-10"])
    state.queue.start()
    state.queue.add(CATALOGUE["aae-small"])
    state.training.failed(Failed("The disk is full."))
    state.training.set_state(State.FAILED)
    assert teller.said == [
        "Seven Gaussians: The training waits: it could not be saved.",
        "Seven Gaussians: The training is finished.",
        "Drawn digits, 10 + 32: The training failed. The disk is full. 1 more waits in the queue.",
    ]
    assert alerts.teller is teller


def test_nothing_is_said_to_who_looks_nor_to_who_pressed_stop(state, qtbot) -> None:
    teller = Teller()
    alerts = Alerts(state, QWidget(), teller)
    teller.needed = False
    train(state)
    state.training.set_state(State.FINISHED)
    state.training.ended()
    alerts.teller.needed = True
    train(state)
    state.training.set_state(State.IDLE)
    state.training.ended()
    assert not teller.said


def test_where_there_is_a_tray_the_note_has_an_icon_that_goes_again(qtbot, monkeypatch) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    shown: list[tuple[str, str]] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    teller = DesktopTeller(window)
    teller.tell("Digits", "Done.")
    assert not window.findChildren(QSystemTrayIcon)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", staticmethod(lambda: True))
    monkeypatch.setattr(
        QSystemTrayIcon, "showMessage", lambda self, title, text, *_: shown.append((title, text))
    )
    teller.tell("Digits", "Done.")
    teller.tell("Digits", "Failed.")
    (icon,) = window.findChildren(QSystemTrayIcon)
    assert shown == [("Digits", "Done."), ("Digits", "Failed.")] and icon.isVisible()
    teller.be_quiet()
    assert not icon.isVisible()
