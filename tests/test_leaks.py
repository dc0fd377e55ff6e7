"""What every window test is looked through for is found where it is left behind."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QThread

from iae_studio.widgets.gauge import Gauge
from tests import leaks
from tests.leaks import Alive, left_behind


class Sleeper(QThread):
    """Until it is told to end."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def run(self) -> None:
        self.over.wait()


@pytest.fixture(autouse=True)
def impatient(qapp, monkeypatch) -> None:
    monkeypatch.setattr(leaks, "PATIENCE", 0.05)


@pytest.mark.parametrize("linux", [leaks.LINUX, False], ids=["here", "elsewhere"])
def test_widgets_and_threads_are_found_until_they_are_gone(monkeypatch, linux: bool) -> None:
    monkeypatch.setattr(leaks, "LINUX", linux)
    before, over = Alive.now(), threading.Event()
    assert left_behind(before) == []
    widget, thread = Gauge(), threading.Thread(target=over.wait, name="waits")
    thread.start()
    assert left_behind(before) == ["Gauge ''", "thread waits"]
    over.set()
    thread.join()
    widget.deleteLater()
    assert left_behind(before) == []


@pytest.mark.skipif(not leaks.LINUX, reason="only Linux lists Qt's threads and open files")
def test_qt_threads_and_files_are_found_until_they_are_gone(tmp_path: Path) -> None:
    before, sleeper = Alive.now(), Sleeper()
    sleeper.start()
    with (tmp_path / "open.txt").open("w"):
        assert left_behind(before) == [f"file {tmp_path / 'open.txt'}", "thread Sleeper"]
    sleeper.over.set()
    sleeper.wait()
    assert left_behind(before) == []
