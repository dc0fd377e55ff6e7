"""How the program ended last time: each start leaves a file, and an orderly end takes it away."""

from __future__ import annotations

import faulthandler
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from filelock import FileLock

from trainer import __version__
from trainer.messages import UserError
from trainer.storage.faults import told
from trainer.storage.regular import open_regular

LAST = "last-crash.txt"
MOST = 1 << 18  # bytes of a trace
_PAINTED = "The window was painted."
_RUNNING = "running-*.txt"
_MODULES = "Extension modules:"  # a long line, which the file keeps


@dataclass(frozen=True)
class Crash:
    """A program that did not end in order: when it began, what it left, how far it came."""

    text: str

    @property
    def began(self) -> str:
        """The day and time."""
        return self.text[:16]

    @property
    def painted(self) -> bool:
        """Whether its window was there."""
        return _PAINTED in self.text

    @property
    def trace(self) -> str:
        """Where it was; empty where it was stopped by force, or the computer went off."""
        lines = self.text.splitlines()[1:]
        told = [line for line in lines if line != _PAINTED and not line.startswith(_MODULES)]
        return "\n".join(told).strip()


class Marker:
    """The file of this start, into which Python writes where it was when it dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"running-{os.getpid()}.txt"
        self._lock = FileLock(f"{self._path}.lock")
        self._file: TextIO | None = None
        self.problem = ""  # why nothing can be written here
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with suppress(NotImplementedError):  # a disk without locks
                self._lock.acquire(timeout=0)
            self._file = self._path.open("x", encoding="utf-8", errors="backslashreplace")
            self.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} IAE Studio {__version__}")
        except OSError as error:  # the terminal has it then, if there is one
            self.problem = told(error, folder, "cannot be written")
            if sys.stderr is not None:
                faulthandler.enable()
            return
        faulthandler.enable(self._file)
        _own.append(self)

    def write(self, line: str) -> None:
        """At once: what comes next may be the end."""
        if self._file is not None:
            with suppress(OSError, ValueError):
                self._file.write(f"{line}\n")
                self._file.flush()

    def painted(self) -> None:
        """The window is there."""
        self.write(_PAINTED)

    def close(self) -> None:
        """An orderly end."""
        faulthandler.disable()
        with suppress(OSError):
            if self._file is not None:
                self._file.close()
                self._file = None
                self._path.unlink()
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)


_own: list[Marker] = []


def ended_in_order() -> None:
    """For ends that leave no time for anything else."""
    for marker in _own:
        marker.close()


def last_crash(folder: Path) -> Crash | None:
    """The newest start that did not end in order; it is told once, and its file kept as LAST."""
    found: list[tuple[float, Path]] = []
    with suppress(OSError):
        for path in folder.glob(_RUNNING):
            with suppress(OSError):
                if not _runs(path):
                    found.append((path.stat().st_mtime, path))
    crash = None
    for _, path in sorted(found):
        with suppress(OSError, UserError):
            with open_regular(path) as file:
                crash = Crash(file.read(MOST).decode("utf-8", "replace"))
            path.replace(folder / LAST)
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return crash


def _runs(path: Path) -> bool:
    """Whether the program that left the file is still there: it holds a lock as long as it is."""
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except TimeoutError:
        return True
    except (OSError, NotImplementedError):
        return _process_is_there(path)
    lock.release()
    Path(lock.lock_file).unlink(missing_ok=True)
    return False


def _process_is_there(path: Path) -> bool:
    """For disks without locks; where that cannot be told it counts as there, and is left alone."""
    number = path.stem.partition("-")[2]
    if os.name != "posix" or not number.isdigit():  # elsewhere a signal would end it
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
