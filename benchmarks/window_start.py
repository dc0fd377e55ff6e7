"""From the start of a process to its first paint, and to its first live picture."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

BARE = """
import sys, time
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        print(time.time(), flush=True); QApplication.exit()
app = QApplication(sys.argv); window = Window(); window.resize(1280, 800); window.show(); app.exec()
"""
OURS = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from iae_studio import __main__, app as studio_app
class Watch(QObject):
    painted = False
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.painted:
            self.painted = True
            print(time.time(), flush=True)
        return False
class Studio(studio_app.Studio):
    def start(self):
        self.watch = Watch(self)
        self.window.explore.installEventFilter(self.watch)
        self.state.answers.rendered.connect(self.first)
        super().start()
    def first(self, rendering):
        if len(rendering.tiles):
            self.window.explore.repaint()
            print(time.time(), flush=True)
            QTimer.singleShot(0, self.window.close)
studio_app.Studio = Studio
sys.exit(__main__.main())
"""
IMPORTED = "import torch, PySide6.QtWidgets"


def start_rows(rounds: int) -> list[tuple[str, str, str]]:
    """Both windows in turns, each in a process of its own."""
    subprocess.run([sys.executable, "-c", IMPORTED], check=True)  # the disk is warm for both
    bare, first, picture = [], [], []
    for _ in range(rounds):
        bare.append(_times(BARE)[0])
        times = _times(OURS)
        first.append(times[0])
        picture.append(times[-1])
    ratios = [ours / theirs for ours, theirs in zip(first, bare, strict=True)]
    return [
        ("start to first paint, a bare PySide6 window", _spread(bare, "s"), ""),
        ("start to first paint, ours", _spread(first, "s"), ""),
        ("the ratio of both", _spread(ratios, ""), "<= 3"),
        ("start to first live picture", _spread(picture, "s"), "<= 6 s"),
    ]


def _times(code: str) -> list[float]:
    """The seconds after its start at which a program printed the time."""
    with tempfile.TemporaryDirectory() as home:
        names = ("DATA", "CACHE", "CONFIG", "STATE")
        folders = {f"XDG_{name}_HOME": home for name in names}
        began = time.time()
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | folders,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    return [float(line) - began for line in done.stdout.split()]


def _spread(values: list[float], unit: str) -> str:
    text = f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"
    return f"{text} {unit}".strip()
