"""What fails is told once, in a sentence, and ends in the log; the program works on."""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, qWarning
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from iae_studio.diagnostics.log import FILE, MOST, Log, logger
from iae_studio.diagnostics.watch import Watch
from iae_studio.state.messages import Message, Messages


class Broken(QWidget):
    """Fails wherever it is asked."""

    def paintEvent(self, event: object) -> None:
        raise KeyError("of the painting")

    def mousePressEvent(self, event: object) -> None:
        raise OSError("of the mouse")


@pytest.fixture
def log(tmp_path: Path):
    made = Log(tmp_path / "state" / "log")
    yield tmp_path / "state" / "log" / FILE
    made.close()


@pytest.fixture
def told(qtbot, log):
    """What the message bar and the window's log say, with all hooks in place."""
    messages, words = Messages(), []
    watch = Watch(words.append)
    watch.install()
    watch.tell(messages)
    messages.logged.connect(words.append)
    messages.words = words
    yield messages
    watch.remove()


def written(log: Path, *words: str) -> bool:
    text = log.read_text() if log.exists() else ""
    return all(word in text for word in words)


def fail(what: str = "of a slot") -> None:
    raise ValueError(what)


def test_a_slot_that_fails_is_told_once_with_a_count(told, log, qtbot, capfd) -> None:
    timer = QTimer()
    timer.timeout.connect(fail)
    timer.start(10)
    qtbot.waitUntil(lambda: told.current is not None)
    assert told.current.error and "value error: of a slot" in told.current.text
    qtbot.waitUntil(lambda: "times" in told.current.text, timeout=3000)
    timer.stop()
    assert sum("Something failed" in line for line in told.words) == 1
    assert sum("Traceback" in line for line in told.words) == 1, "the window's log has the trace"
    qtbot.waitUntil(lambda: written(log, "Traceback", "test_diagnostics.py", "10 times"))
    assert log.read_text().count("Traceback") == 3
    told.show_message(None)
    timer.start(10)
    qtbot.wait(100)
    assert told.current is None, "what was dismissed does not come back at each failure"
    timer.stop()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("where", ["thread", "paint", "mouse", "event of a bad text"])
def test_whatever_fails_is_told(where: str, told, log, qtbot, capfd) -> None:
    if where == "thread":
        threading.Thread(target=fail, args=("of a thread",)).start()
    elif where in ("paint", "mouse"):
        widget = Broken()
        qtbot.addWidget(widget)
        if where == "paint":
            widget.show()
        left, place = Qt.MouseButton.LeftButton, QPointF(1, 1)
        press = QMouseEvent(QEvent.Type.MouseButtonPress, place, place, left, left, NO_KEYS)
        QApplication.postEvent(widget, press)
    else:
        QTimer.singleShot(0, lambda: fail(BAD))
    qtbot.waitUntil(lambda: told.current is not None)
    assert "Something failed inside the window" in told.current.text
    assert len(told.current.text) < 400
    qtbot.waitUntil(lambda: written(log, "Traceback"))
    assert "Traceback" not in capfd.readouterr().err


BAD = "\ud800 <img src='/dev/zero'> " + "x" * 100_000
NO_KEYS = Qt.KeyboardModifier.NoModifier


def test_another_failure_takes_the_place_of_the_first(told, qtbot) -> None:
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: told.current is not None)
    QTimer.singleShot(0, lambda: fail("the same place again"))
    QTimer.singleShot(0, lambda: {}["another"])
    qtbot.waitUntil(lambda: "key error: 'another'" in told.current.text, timeout=3000)
    told.show_message(None)
    assert told.current is None


def test_what_failed_before_the_window_is_told_in_it(qtbot, log) -> None:
    watch = Watch(lambda _: None)
    watch.install()
    try:
        sys.excepthook(ValueError, ValueError("early"), None)
        messages = Messages()
        watch.tell(messages)
        assert "value error: early" in messages.current.text
    finally:
        watch.remove()


def test_a_thousand_failures_a_second_do_not_fill_the_memory_or_the_disk(told, log, qtbot) -> None:
    def storm() -> None:
        for _ in range(5000):
            try:
                fail()
            except ValueError as error:
                sys.excepthook(ValueError, error, error.__traceback__)

    thread = threading.Thread(target=storm)
    thread.start()
    qtbot.waitUntil(lambda: told.current is not None, timeout=20_000)
    thread.join()
    qtbot.waitUntil(lambda: "5,000 times" in told.current.text, timeout=5000)
    qtbot.waitUntil(lambda: written(log, "1,000 times"))
    assert log.stat().st_size < 20_000


def test_qt_and_libraries_speak_to_the_log_alone(told, log, qtbot, capfd) -> None:
    for _ in range(50):
        qWarning("from Qt")
    logging.getLogger("some.library").warning("from a library")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("from Python", stacklevel=1)
    qtbot.waitUntil(lambda: written(log, "Qt: from Qt", "from a library", "from Python"))
    assert log.read_text().count("from Qt") == 4, "three times, and that it was ten"
    assert told.current is None, "no error of the user's"
    assert capfd.readouterr().err == ""


def test_a_destructor_that_fails_is_in_the_log(told, log, qtbot, capfd) -> None:
    class Dies:
        def __del__(self) -> None:
            raise RuntimeError("of a destructor")

    Dies()
    qtbot.waitUntil(lambda: written(log, "of a destructor", "Traceback"))
    assert told.current is None and capfd.readouterr().err == ""


def test_what_the_window_says_is_in_the_log_too(told, log, qtbot) -> None:
    told.show_message(Message("Saved somewhere."))
    qtbot.waitUntil(lambda: written(log, "Saved somewhere."))


# ---- the file ------------------------------------------------------------------------------------


def _writes(folder: Path, name: str, count: int) -> None:
    log = Log(folder)
    for number in range(count):
        logger.info("%s %d %s", name, number, "x" * 400)
    while not log.written():
        time.sleep(0.01)
    log.close()


def test_two_windows_share_a_bounded_log(tmp_path: Path) -> None:
    """Each line whole, none of the newest lost, never more than three files."""
    spawn = multiprocessing.get_context("spawn")
    each = [spawn.Process(target=_writes, args=(tmp_path, name, 1500)) for name in "ab"]
    for process in each:
        process.start()
    for process in each:
        process.join()
    files = sorted(path.name for path in tmp_path.glob(f"{FILE}*"))
    assert FILE in files and len(files) <= 3
    assert all((tmp_path / name).stat().st_size <= 1.1 * MOST for name in files)
    lines = "".join((tmp_path / name).read_text() for name in reversed(files)).splitlines()
    assert all(line.endswith("x" * 400) for line in lines)
    for name in "ab":
        assert any(f"{name} 1499 " in line for line in lines)


def folder_is_a_file(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("mine")


def log_is_a_folder(folder: Path) -> None:
    (folder / FILE).mkdir(parents=True)


def log_is_a_pipe(folder: Path) -> None:
    folder.mkdir(parents=True)
    os.mkfifo(folder / FILE)


def disk_is_full(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / FILE).symlink_to("/dev/full")


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
@pytest.mark.parametrize(
    "bad",
    [folder_is_a_file, log_is_a_folder, log_is_a_pipe, disk_is_full],
    ids=lambda f: f.__name__,
)
def test_a_log_that_cannot_be_written_stops_nothing(bad, tmp_path: Path, capfd) -> None:
    bad(tmp_path / "log")
    log = Log(tmp_path / "log")
    logger.error("nobody hears it")
    log.close()
    assert capfd.readouterr().err == ""
