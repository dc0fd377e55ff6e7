"""`iae-studio` and `python -m iae_studio`: start the window, or say what it lacks."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from iae_studio import leaving, platform_check

if TYPE_CHECKING:
    from iae_studio.diagnostics.start import Diagnostics


@leaving.at_once()
def main() -> int:
    """Start the window. Without a screen or a Qt library: one sentence, and exit code 1."""
    why = platform_check.problem()
    if why:
        sys.stderr.write(f"IAE Studio: {why}\n")
        return 1
    try:
        from iae_studio import app

        assert app
        # The window loads it later, and it is slow: only see that it is there.
        if importlib.util.find_spec("pyqtgraph") is None:
            raise ImportError(name="pyqtgraph")
    except (ImportError, OSError) as error:
        lacks = getattr(error, "name", None) or error
        missing = f"{lacks} is missing. Install it with:  pip install -e ."
        sys.stderr.write(f"IAE Studio: {platform_check.missing_runtime(error) or missing}\n")
        return 1
    _stand_somewhere()
    leaving.end_now(_watched())


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

    from iae_studio import running

    application = QApplication(sys.argv)
    application.setApplicationName("IAE Studio")
    application.setDesktopFileName("iae-studio")
    return running.run(application, diagnostics)


if __name__ == "__main__":
    sys.exit(main())
