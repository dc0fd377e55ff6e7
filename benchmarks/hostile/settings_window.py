"""A process that opens windows on settings files, and says what each took.

Each file has a window of its own, in one process until a file ends it.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.hostile.meter import Meter, Took

SECONDS = 20  # until a window counts as hanging


class Window:
    """A process that opens a window on one settings file after another."""

    def __init__(self) -> None:
        self.took = Took(0.0, 0)  # the last file
        self._home = tempfile.TemporaryDirectory()
        names = ("DATA_HOME", "CACHE_HOME", "CONFIG_HOME", "STATE_HOME")
        folders = {f"XDG_{name}": self._home.name for name in names}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.hostile.settings_window"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | folders | {"QT_QPA_PLATFORM": "offscreen"},
            cwd=Path(__file__).parent.parent.parent,
            text=True,
            bufsize=1,
        )

    def open(self, file: Path) -> str:
        """What the window says of the file. Raises where it does not open."""
        assert self._child.stdin is not None and self._child.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.write(f"{file}\n")
        ready, _, _ = select.select([self._child.stdout], [], [], SECONDS)
        answer = self._child.stdout.readline() if ready else ""
        if not answer.startswith("opened"):
            self.close()
            why = answer or f"it ended with {self._child.returncode}" if ready else "it hangs"
            raise RuntimeError(f"no window on {file}: {why}")
        _, seconds, grown, told = answer.split(" ", 3)
        self.took = Took(float(seconds), int(grown))
        return told.strip()

    def close(self) -> None:
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._home.cleanup()


_window: Window | None = None


def window(file: Path) -> str:
    """Open a window on the settings in a file; returns what it says of them."""
    global _window
    if _window is None:
        _window = Window()
        atexit.register(end)
    try:
        return _window.open(file)
    except RuntimeError:
        _window = None
        raise


def end() -> None:
    """Close the process that opens windows."""
    global _window
    if _window is not None:
        _window.close()
        _window = None


def took() -> Took:
    """What the child took to open the last window."""
    return Took(0.0, 0) if _window is None else _window.took


# ---- the child -----------------------------------------------------------------------------------


def serve() -> None:
    """Open a window on each file that is named."""
    from PySide6.QtWidgets import QApplication

    importlib.import_module("iae_studio.app")  # before the first is measured
    app = QApplication([])
    for line in sys.stdin:
        meter = Meter()
        how, told = _opened(app, Path(line.rstrip("\n")))
        took = meter.took()
        print(how, took.seconds, took.grown, told, flush=True)


def _opened(app: object, file: Path) -> tuple[str, str]:
    """Whether it "opened" or "failed", and what was told."""
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from iae_studio.app import Studio
    from iae_studio.settings import settings_at, switch
    from iae_studio.style import theme

    assert isinstance(app, QApplication)
    wrong: list[str] = []
    sys.excepthook = lambda kind, error, _: wrong.append(f"{kind.__name__}: {error}")
    try:
        settings, told = settings_at(file)
        theme.apply(app, switch(settings, "dark") is not False)
        studio = Studio(settings)
        studio._last_recipe()
        studio.data.folders.now()
        studio.window.show()
        app.processEvents()
        studio.window.close()
        studio.window.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        settings.sync()
    except Exception as error:
        wrong.append(f"{type(error).__name__}: {error}")
    words = " ".join((wrong[0] if wrong else told).split())
    return "failed" if wrong else "opened", words


if __name__ == "__main__":
    serve()
