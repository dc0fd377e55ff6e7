"""One run of the program: from its settings to its last word."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from iae_studio import leaving
from iae_studio.app import Studio
from iae_studio.diagnostics.start import Diagnostics
from iae_studio.settings import open_settings, switch
from iae_studio.style import theme
from trainer.storage.paths import session_root

_left: list[Studio] = []


def run(app: QApplication, diagnostics: Diagnostics) -> int:
    """Show the window and run until it closes; what then still runs ends with the process."""
    settings, told = open_settings()
    chosen = switch(settings, "dark")
    dark = theme.prefers_dark(app) if chosen is None else chosen
    theme.apply(app, dark)
    diagnostics.mend(settings)
    studio = Studio(settings, session_root())
    if told:
        studio.state.messages.show_error(told)
    diagnostics.attach(studio.state.messages, studio.window.painted)
    leaving.listen(studio.signalled.emit)
    app.commitDataRequest.connect(studio.commit)
    app.aboutToQuit.connect(studio.quit)
    failed: list[Exception] = []
    QTimer.singleShot(0, partial(_begin, app, studio, failed))
    code = app.exec()
    studio.close()
    _left.append(studio)  # to destroy a thread that runs would abort
    lost = studio.closing.lost
    if studio.closing.rescued is not None:
        folder = studio.closing.rescued
        text = f"The run was saved in {folder} when the window closed. {studio.closing.why}"
        if not diagnostics.tell_next_start(text, folder):
            lost = text
    if lost:
        with suppress(OSError, AttributeError):  # the terminal may be gone, or there is none
            sys.stderr.write(f"IAE Studio: {lost}\n")
    if failed:
        raise failed[0]
    return code or bool(lost)


def _begin(app: QApplication, studio: Studio, failed: list[Exception]) -> None:
    """Show the window; a program without one must not run on unseen."""
    try:
        studio.start()
    except Exception as error:
        failed.append(error)
        app.exit(1)
