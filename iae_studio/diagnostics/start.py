"""From the first line of the program to its last: the log, the hooks, and how it ended before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings, SignalInstance

from iae_studio.diagnostics.crashes import Crash, Marker, last_crash
from iae_studio.diagnostics.log import FILE, Log, logger
from iae_studio.diagnostics.notes import leave_note, take_note
from iae_studio.diagnostics.watch import Watch
from iae_studio.settings import forget_layout
from iae_studio.state.messages import CRASH, KEPT, REPORT, SHOW_LOG, Message, Messages
from trainer import __version__
from trainer.storage.paths import logs_root


class Diagnostics:
    """To be made before anything can fail, and closed after all else."""

    def __init__(self) -> None:
        folder = logs_root()
        self.log_file = folder / FILE
        self.crash = last_crash(folder)
        self._note = take_note(folder)
        self._marker = Marker(folder)
        self._log = Log(folder)
        self._watch = Watch(self._marker.write)
        self._watch.install()
        logger.info("IAE Studio %s starts.", __version__)
        if self.crash is not None:
            logger.warning("The start of %s did not end in order.", self.crash.began)

    def mend(self, settings: QSettings) -> None:
        """A start that crashed before its window was there is followed by a plain one."""
        if self.crash is not None and not self.crash.painted:
            forget_layout(settings)

    def attach(self, messages: Messages, painted: SignalInstance) -> None:
        """The window is made: it says what fails, and how the last one ended."""
        painted.connect(self._marker.painted)
        self._watch.tell(messages)
        if self.crash is not None:
            messages.show_message(crash_message(self.crash))
        if self._note is not None:
            messages.show_message(self._note)
        if self._marker.problem:
            messages.logged.emit(f"Nothing is kept of this log: {self._marker.problem}")

    def tell_next_start(self, text: str, run: Path) -> bool:
        """Nobody reads it now; whether it could be kept."""
        logger.warning("%s", text)
        try:
            leave_note(logs_root(), text, run)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """An orderly end."""
        logger.info("It ends.")
        self._watch.remove()
        self._log.close()
        self._marker.close()


def crash_message(crash: Crash) -> Message:
    """How it ended last time, and what helps."""
    if crash.trace:
        text = f"IAE Studio crashed last time (started {crash.began})."
    else:
        text = f"IAE Studio was cut off last time (started {crash.began}): it was stopped by force,"
        text += " or the computer went off."
    if not crash.painted:
        text += " It had not opened its window yet, so this one has its first layout again."
    show = replace(SHOW_LOG, label="Show the trace", about=crash.trace) if crash.trace else SHOW_LOG
    return Message(f"{text} {KEPT}", bool(crash.trace), (show, REPORT), CRASH)
