"""A run is trained by one process at a time, also on disks that know no locks. No torch."""

from __future__ import annotations

import errno
import time
from contextlib import suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLease, Timeout

from trainer.messages import UserError
from trainer.storage.faults import told
from trainer.storage.files import lies

# What file systems say that know no locks.
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}
LOCK, OWNER = "lock", "lock.owner"  # files of a run
MOMENT = 0.5  # seconds: so long another thread or window may take to write a decision about it
LEASE = 15.0  # seconds without a sign of life, after which another computer's claim counts no more


class TakenError(UserError):
    """Somebody else trains the run."""


class RunLock:
    """The lock of a run folder: `lock`, or where the disk has none, `lock.owner`.

    `lock.owner` names its owner's computer and process, and is touched every few seconds: of a
    process that was killed it is taken over.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: BaseFileLock | None = None
        self._file: tuple[int, int] | None = None  # the very file that is held

    def acquire(self) -> None:
        """Raises TakenError where somebody else holds it, UserError where it cannot be written."""
        self._held = self._locked()
        self._file = self._now()

    @property
    def stands(self) -> bool:
        """Whether the file that is held still lies there: else anybody may have been here."""
        return self._file is not None and self._file == self._now()

    def _now(self) -> tuple[int, int] | None:
        if self._held is None:
            return None
        try:
            about = Path(self._held.lock_file).stat()
        except OSError:
            return None
        return about.st_dev, about.st_ino

    def release(self) -> None:
        """Somebody else may have it. Safe to call twice."""
        if self._held is not None:
            self._held.release()
            self._held = None

    def _locked(self) -> BaseFileLock:
        # In the thread that trains and, where that was ended, in another: one lock for all.
        lock = FileLock(self._folder / LOCK, thread_local=False, fallback_to_soft=False)
        try:
            lock.acquire(timeout=MOMENT)
            return lock
        except Timeout:
            raise self._taken() from None
        except (OSError, NotImplementedError) as error:
            if getattr(error, "errno", errno.ENOSYS) not in NO_LOCKS:
                raise self._refused(error) from error
        return self._claimed()

    def _claimed(self) -> BaseFileLock:
        """By a file that says whose the run is, and that its owner lives."""
        file = self._folder / OWNER
        lease = SoftFileLease(file, lease_duration=LEASE, thread_local=False)
        try:
            try:  # of a process of this computer that was killed
                lease.acquire(timeout=MOMENT)
            except Timeout:  # of one elsewhere, if it was silent, and is while this waits
                silent = time.time() - file.stat().st_mtime > LEASE
                lease.acquire(timeout=LEASE + 2 if silent else 0)
        except (Timeout, ValueError):  # or of a version that gives other signs of life
            raise self._taken(file) from None
        except (OSError, NotImplementedError) as error:
            raise self._refused(error) from error
        return lease

    def _taken(self, owned: Path | None = None) -> TakenError:
        """Somebody trains it; where a file says who, by name."""
        who = "another window or command"
        if owned is not None:
            with suppress(OSError):
                lines = owned.read_text("utf-8", "replace")[:1000].splitlines()
                says = dict(line.split("=", 1) for line in lines if "=" in line)
                if {"pid", "host"} <= says.keys():
                    who = f"process {says['pid']} on {says['host']}"
        return TakenError(
            f"{self._folder} is being trained already, by {who}. Stop it there, or let it end."
        )

    def _refused(self, error: Exception) -> UserError:
        if isinstance(error, OSError):
            return UserError(told(error, self._folder, "cannot be written"))
        return UserError(f"{self._folder} cannot be written: {error}.")


def check_rests(run: Path) -> None:
    """Raises TakenError where another window or command trains the run."""
    if not (lies(run / LOCK) or lies(run / OWNER)):
        return  # nobody ever did: nothing is written into it
    lock = RunLock(run)
    try:
        lock.acquire()
    except TakenError:
        raise
    except UserError:  # what cannot be written can perhaps be moved, which tells if not
        return
    lock.release()  # an open file cannot be moved on Windows
