"""What a test of the window may not leave behind: widgets, threads, open files, a mouse held."""

from __future__ import annotations

import gc
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QThread
from PySide6.QtWidgets import QApplication, QMenu
from shiboken6 import Shiboken

PATIENCE = 2.0  # s until what ends by itself has ended
LINUX = sys.platform == "linux"  # elsewhere files and Qt's threads cannot be listed


@dataclass(frozen=True)
class Alive:
    """What there is now, by what tells one from another, in words."""

    things: dict[object, str]

    @classmethod
    def now(cls) -> Alive:
        found: dict[object, str] = {**_widgets(), **_threads(), **_hands()}
        if LINUX:
            found |= {**_qt_threads(), **_files()}
        return cls(found)

    def left_since(self, before: Alive) -> list[str]:
        return sorted(told for key, told in self.things.items() if key not in before.things)


def left_behind(before: Alive) -> list[str]:
    """What was not there `before`, and does not go by itself."""
    end = time.monotonic() + PATIENCE
    _let_go()
    while left := Alive.now().left_since(before):
        if time.monotonic() > end:
            return left
        gc.collect()  # takes long, and is seldom needed
        time.sleep(0.01)
        _let_go()
    return []


def _let_go() -> None:
    app = QCoreApplication.instance()
    if app is not None:
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _widgets() -> dict[object, str]:
    """Ours, and every window but menus: pyqtgraph's go with the Python objects that hold them."""
    if not isinstance(QCoreApplication.instance(), QApplication):
        return {}
    return {
        ("widget", Shiboken.getCppPointer(each)[0]): f"{type(each).__name__} {each.objectName()!r}"
        for each in QApplication.allWidgets()
        if type(each).__module__.startswith("iae_studio")
        or (each.isWindow() and not isinstance(each, QMenu))
    }


def _hands() -> dict[object, str]:
    """A button of the mouse that stays down: the next test's window would wait for its release."""
    if not isinstance(QCoreApplication.instance(), QApplication):
        return {}
    held = QApplication.mouseButtons()
    return {("mouse", held): f"{held} is down"} if held != Qt.MouseButton.NoButton else {}


def _threads() -> dict[object, str]:
    """Python's own; one of Qt's that asked Python for its name is told by Qt. tqdm keeps one."""
    return {
        ("thread", each): f"thread {each.name}"
        for each in threading.enumerate()
        if not isinstance(each, threading._DummyThread) and each.name != "tqdm_monitor"
    }


def _qt_threads() -> dict[object, str]:
    """Qt names a thread after its class; Linux keeps 15 letters of it."""
    ours = {kind.__name__[:15] for kind in _kinds(QThread)}
    found = {}
    for task in Path("/proc/self/task").iterdir():
        try:
            name = (task / "comm").read_text().strip()
        except OSError:  # it ended just now
            continue
        if name in ours:
            found["task", task.name] = f"thread {name}"
    return found


def _kinds(kind: type) -> set[type]:
    return {kind}.union(*(_kinds(each) for each in kind.__subclasses__()))


def _files() -> dict[object, str]:
    """Open files, without devices, pipes and what Qt and torch map of themselves."""
    found = {}
    for link in Path("/proc/self/fd").iterdir():
        try:
            name = str(link.readlink())
        except OSError:  # of this very list
            continue
        if name.startswith("/") and not name.startswith(("/dev/", "/proc/", "/usr/", "/memfd")):
            found["file", link.name, name] = f"file {name}"
    return found
