"""Files are opened here, where a pipe, a device or a socket may lie instead."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from trainer.messages import UserError

_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
# Neither waits for a pipe's other end, nor lets a child process have it; text is not translated.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOCTTY"))


class NotAFileError(UserError):
    """Something else lies where a file should."""


def open_regular(path: Path, what: str = "move it away") -> BinaryIO:
    """A regular file, opened for reading in binary; links are followed.

    Raises OSError, or NotAFileError for anything else, which is never read and never waited for;
    `what` is the way out that it names.
    """
    check_regular(path, what)
    handle = os.open(path, os.O_RDONLY | _FLAGS)
    file = os.fdopen(handle, "rb")
    try:  # it may have been exchanged since it was looked at
        _check(os.fstat(handle), path, what)
    except NotAFileError:
        file.close()
        raise
    return file


def check_regular(path: Path, what: str = "move it away") -> os.stat_result:
    """For libraries that open files themselves: raises as `open_regular` does."""
    about = path.stat()  # before it is opened: that alone can move a tape
    _check(about, path, what)
    return about


def kind_of(path: Path) -> str:
    """What lies there in place of a file. Raises OSError."""
    return _kind(path.stat().st_mode)


def _check(about: os.stat_result, path: Path, what: str) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise NotAFileError(f"{path} is {_kind(about.st_mode)}, not a file: {what}.")


def _kind(mode: int) -> str:
    return next((name for test, name in _KINDS if test(mode)), "a device")
