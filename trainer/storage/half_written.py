"""Files that are being written beside their place, and what killed processes left of them.

Who writes one holds a lock on it, which the system takes away from the dead.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, which lets nobody delete what somebody has open
    fcntl = None  # type: ignore[assignment]

_FLAGS = sum(getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW"))
_LETTERS = 40  # of the name: the longest that a disk takes have room for what is added
_ENDING = ".part"
_OLD = 3600.0  # seconds that nothing was written: where there are no locks, it is given up
_EARLIER = re.compile(r"[a-z0-9_]{6,8}")  # the ending that earlier versions gave


def beside(path: Path) -> tuple[int, Path]:
    """A new file beside `path` that nobody takes for left, opened, and its name.

    What a killed process left under that name goes. Raises OSError.
    """
    number = 0
    while True:
        temporary = path.parent / f"{_beginning(path)}{number}{_ENDING}"
        try:
            handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS, 0o666)
        except FileExistsError:
            number += 0 if _remove_if_left(temporary) else 1
            continue
        # Somebody who tidies up may have locked it first, and removes it then.
        if _lock(handle) and _is_named(handle, temporary):
            return handle, temporary
        os.close(handle)


def remove_half_written(path: Path) -> None:
    """Remove what processes that are gone left of writing `path`, also in earlier versions.

    For folders of our own. Nothing of living processes goes; errors are no matter here.
    """
    beginning = _beginning(path)
    with suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            rest = entry.name.removeprefix(beginning)
            if rest != entry.name and (rest.endswith(_ENDING) or _EARLIER.fullmatch(rest)):
                _remove_if_left(Path(entry.path))


def _beginning(path: Path) -> str:
    return f".{path.name[:_LETTERS]}."


def _remove_if_left(temporary: Path) -> bool:
    """Remove a file that no living process writes; whether it is gone."""
    try:
        handle = os.open(temporary, os.O_RDWR | _FLAGS | getattr(os, "O_NONBLOCK", 0))
        try:
            about = os.fstat(handle)
            quiet = time.time() - about.st_mtime > _OLD
            left = stat.S_ISREG(about.st_mode) and _lock(handle, unknown=quiet)
            if left and os.name != "nt" and _is_named(handle, temporary):
                temporary.unlink()
        finally:
            os.close(handle)
        if left and os.name == "nt":
            temporary.unlink()
    except FileNotFoundError:
        return True
    except OSError:  # a folder, or somebody else's
        return False
    return left


def _lock(handle: int, unknown: bool = True) -> bool:
    """Whether the file is this process's own now; `unknown` where the disk has no locks."""
    if fcntl is None:
        return unknown
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return unknown if error.errno not in (errno.EWOULDBLOCK, errno.EACCES) else False
    return True


def _is_named(handle: int, path: Path) -> bool:
    """Whether the name still leads to the open file."""
    try:
        there, mine = path.stat(follow_symlinks=False), os.fstat(handle)
    except OSError:
        return False
    return os.path.samestat(there, mine)
