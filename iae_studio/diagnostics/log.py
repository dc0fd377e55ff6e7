"""The log file: small, shared by all windows, and written by a thread of its own."""

from __future__ import annotations

import logging
import queue
import threading
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path

from filelock import FileLock

from trainer.storage.regular import check_regular

NAME = "iae-studio"  # of the logger
FILE = "iae-studio.log"
MOST, KEPT = 1 << 20, 2  # bytes of a file, and how many older ones are kept
LONGEST = 20_000  # letters of an entry
WAITING = 10_000  # entries; more than a slow disk takes are dropped
PATIENCE = 1.0  # seconds for a disk that takes the last ones

logger = logging.getLogger(NAME)


class _Shared(RotatingFileHandler):
    """Opens the file for each entry alone, so that another window may turn it over.

    What the disk refuses is dropped: the program goes on without a log.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        super().__init__(
            path, maxBytes=MOST, backupCount=KEPT, delay=True, encoding="utf-8",
            errors="backslashreplace",
        )  # fmt: skip
        self._path = path
        self._lock = FileLock(folder / "log.lock", timeout=PATIENCE)
        self.setFormatter(_Short("%(asctime)s %(process)d %(levelname)s %(message)s"))

    def _open(self) -> TextIOWrapper:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.is_symlink() or self._path.exists():
            check_regular(self._path)
        return super()._open()

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        with suppress(OSError, ValueError):
            if self.stream is not None:
                self.stream.close()
        self.stream = None  # opened anew for the next one

    def doRollover(self) -> None:
        """Turn the file over, unless another window just did."""
        with suppress(OSError, NotImplementedError), self._lock:
            if self._path.stat().st_size > MOST // 2:
                super().doRollover()
        with suppress(OSError):  # it could not be renamed: it must not grow for ever
            if self._path.stat().st_size > 2 * MOST:
                self._path.write_bytes(b"")

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk is no reason to end."""


class _Short(logging.Formatter):
    """Cuts an entry that would fill the file alone."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]} (cut)"


class _Queued(QueueHandler):
    """Hands entries over, and never waits."""

    def handleError(self, record: logging.LogRecord) -> None:
        """The queue is full: the disk is too slow for all of it."""


class Log:
    """Everything that Python and its libraries log, from here until `close`."""

    def __init__(self, folder: Path) -> None:
        self._entries: queue.Queue[logging.LogRecord] = queue.Queue(WAITING)
        self._handler = _Queued(self._entries)
        self._listener = QueueListener(self._entries, _Shared(folder))
        logger.setLevel(logging.INFO)
        logging.getLogger().addHandler(self._handler)
        logging.captureWarnings(True)
        self._listener.start()

    def written(self) -> bool:
        """Whether nothing waits for the disk."""
        return self._entries.empty()

    def close(self) -> None:
        """Write what waits; a disk that hangs is not waited for."""
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(self._handler)
        ending = threading.Thread(target=self._end, daemon=True)
        ending.start()
        ending.join(PATIENCE)

    def _end(self) -> None:
        with suppress(queue.Full):
            self._listener.stop()
