"""The queue on the disk: written whole or not at all, read with suspicion; on a thread.

FOLDER/queue.json is what trains, comes and ended. The window that reads it first keeps it, by a
lock; another one has a queue of its own, which ends with it.
"""

from __future__ import annotations

import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from iae_studio.state.queue_items import Kept, parsed
from trainer.messages import UserError
from trainer.storage.files import is_missing, make_folder, read_object, write_bytes

FILE, LOCK = "queue.json", "queue.lock"
ANOTHER = "Another window keeps the queue: what is queued here is forgotten when it closes."

log = logging.getLogger("iae-studio")


@dataclass(frozen=True)
class Found:
    """What an earlier start left, and what is to be said of it."""

    kept: Kept
    told: str = ""


class QueueFile:
    """Reads the queue once, and writes it; what cannot be read is set aside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / LOCK, thread_local=False, fallback_to_soft=False)
        self._writes = True

    def read(self) -> Found:
        """What was left. Where another window keeps the queue, nothing is read or written."""
        if not self._owned():
            self._writes = False
            return Found(Kept(), ANOTHER)
        file = self._folder / FILE
        if is_missing(file):
            return Found(Kept())
        try:
            kept, problem = parsed(read_object(file))
        except UserError as error:
            kept, problem = Kept(), str(error)
        return Found(kept, self._set_aside(file, problem) if problem else "")

    def write(self, kept: Kept) -> None:
        """Keep it. A disk that refuses costs the queue of the next start, and nothing else."""
        if not self._writes:
            return
        try:
            write_bytes(self._folder / FILE, json.dumps(kept.to_mapping()).encode())
        except (OSError, ValueError) as error:
            log.info("The queue cannot be kept: %s", error)

    def close(self) -> None:
        """Another window may have it."""
        self._writes = False
        with suppress(OSError):
            self._lock.release()

    def _owned(self) -> bool:
        try:
            make_folder(self._folder)
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        except (OSError, NotImplementedError) as error:  # then the last that wrote wins
            log.info("The queue has no lock: %s", error)
        return True

    def _set_aside(self, file: Path, problem: str) -> str:
        """Rename it, so that nothing is lost; what is said."""
        aside = file.with_name(f"queue-{time.strftime('%Y%m%d-%H%M%S')}.json")
        try:
            file.rename(aside)
        except OSError as error:  # it is not written over
            self._writes = False
            return f"The queue cannot be read, nor set aside ({error}). {problem}"
        return f"Some of the queue cannot be read; its file is kept as {aside}. {problem}"
