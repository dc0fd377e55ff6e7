"""`iae-studio` and `python -m iae_studio`: start the window, or say what it lacks."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iae_studio.diagnostics.start import Diagnostics


def main() -> int:
    """Start the window. Without a screen or a Qt library: one sentence, and exit code 1."""
    problem = _problem()
    if problem:
        sys.stderr.write(f"IAE Studio: {problem}\n")
        return 1
    try:
        from iae_studio import app

        assert app
        # The window loads it later, and it is slow: only see that it is there.
        if importlib.util.find_spec("pyqtgraph") is None:
            raise ImportError(name="pyqtgraph")
    except ImportError as error:
        missing = f"{error.name or error} is missing. Install it with:  pip install -e ."
        sys.stderr.write(f"IAE Studio: {missing}\n")
        return 1
    _stand_somewhere()
    return _watched()


def _stand_somewhere() -> None:
    """Leave a folder that was deleted under our feet: torch's libraries abort in it."""
    try:
        Path.cwd()
    except FileNotFoundError:
        os.chdir(Path(__file__).parent)


def _watched() -> int:
    """Run with the log and the hooks in place."""
    from iae_studio.diagnostics.log import logger
    from iae_studio.diagnostics.start import Diagnostics
    from trainer.storage.faults import told

    diagnostics = Diagnostics()
    try:
        return _run(diagnostics)
    except Exception as error:
        logger.exception("The program cannot go on.")
        what = told(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        sys.stderr.write(f"IAE Studio: {what} The details are in {diagnostics.log_file}.\n")
        return 1
    finally:
        diagnostics.close()


def _run(diagnostics: Diagnostics) -> int:
    from PySide6.QtWidgets import QApplication

    from iae_studio import app

    application = QApplication(sys.argv)
    application.setApplicationName("IAE Studio")
    application.setDesktopFileName("iae-studio")
    return app.run(application, diagnostics)


def _problem() -> str:
    """Why the window cannot open, and the way out; empty if it can."""
    instead = "Without a window there is:  python -m trainer --help"
    try:
        from PySide6 import QtWidgets

        assert QtWidgets
    except ImportError as error:
        if "PySide6" in str(error) and "No module" in str(error):
            return f"PySide6 is missing. Install it with:  pip install -e .\n{instead}"
        library = str(error).split(":")[0]
        return (
            f"a library that Qt needs is missing ({library}). On Debian or Ubuntu:  "
            f"sudo apt-get install libgl1 libegl1 libxkbcommon0 libdbus-1-3\n{instead}"
        )
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return f"there is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set.\n{instead}"
    from iae_studio.platform_check import missing_libraries, screen_answers

    missing = missing_libraries()
    if missing:
        return (
            f"Qt's window plugin lacks {', '.join(missing)}. On Debian or Ubuntu:  "
            "sudo apt-get install libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 "
            f"libxcb-keysyms1 libxcb-render-util0 libxcb-xinerama0\n{instead}"
        )
    if os.environ.get("DISPLAY") and not screen_answers():
        return f"the screen {os.environ['DISPLAY']} does not answer.\n{instead}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
