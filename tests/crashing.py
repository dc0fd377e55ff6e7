"""The program itself, in a process of its own: run to a certain point, then closed or ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import indent

from tests.tiny import ROOT

# What happens in the window once it is painted, before it closes; `studio` is the program.
BODY = """
import faulthandler, os, sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from iae_studio import app
from iae_studio.__main__ import main
begin = app.Studio.start

def start(studio):
    messages, window = studio.state.messages, studio.window
    def said():
        return messages.current.text if messages.current is not None else ""
    def log():
        return window.findChild(QPlainTextEdit, "logText").toPlainText()
    def press(number):
        window.findChild(QPushButton, f"messageButton{number}").click()
    def then():
BODY
    window.painted.disconnect(studio._complete)  # no engine is needed
    window.painted.connect(lambda: QTimer.singleShot(0, studio, then))
    window.painted.connect(lambda: QTimer.singleShot(MS, studio, window.close))
    if EARLY:
        then()
    begin(studio)
    studio._waits = False

app.Studio.start = start
sys.argv = ["iae-studio"]
sys.exit(main())
"""


def program(then: str = "pass", ms: int = 100, early: bool = False) -> subprocess.CompletedProcess:
    """Run it with what is done in the painted window; folders are the test's own."""
    lines = indent(then, " " * 8)
    code = BODY.replace("BODY", lines).replace("MS", str(ms)).replace("EARLY", str(early))
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, check=False,
    )  # fmt: skip


def log_folder(own_folders: Path) -> Path:
    """Where the log lies of the test that runs."""
    return next(own_folders.rglob("iae-studio.log")).parent
