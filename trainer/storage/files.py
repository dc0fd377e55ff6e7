"""Files that are whole or not there: written beside their place, synced, then renamed."""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from trainer.messages import UserError
from trainer.storage.faults import FULL, told
from trainer.storage.half_written import beside
from trainer.storage.regular import open_regular

MOST_JSON = 1 << 24  # bytes; what this program writes has a few thousand
HELD_SECONDS = 1.0  # a virus scanner may keep a file open for so long
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` when the block ends without an error.

    A crash, a power cut or a full disk leaves what was there before, or the new one. A new file
    gets the permissions of the user's umask; one that was there keeps its own. Raises OSError.
    """
    with _written_beside(path) as (file, temporary):
        yield file
        _take_over_mode(path, file)
        _finish(file)
        _retried(temporary.replace, path)
        sync_folder(path.parent)


def create_bytes(path: Path, data: bytes) -> None:
    """Write a new file, whole. Raises FileExistsError where one stands: of several, one wins."""
    with _written_beside(path) as (file, temporary):
        file.write(data)
        _finish(file)
        if os.name == "nt":  # which renames over nothing
            _retried(temporary.rename, path)
        else:
            _link(temporary, path, data)
            temporary.unlink()
        sync_folder(path.parent)


def _link(temporary: Path, path: Path, data: bytes) -> None:
    try:
        path.hardlink_to(temporary)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        with path.open("xb") as file:  # such a file system is rare, and so is a kill just here
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _written_beside(path: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A file beside `path`, and its name; it is gone after an error, also in the block."""
    with _about(path):
        make_folder(path.parent)
        handle, temporary = beside(path)
    try:
        with _about(path, temporary), os.fdopen(handle, "wb") as file:
            try:
                yield file, temporary
            except BaseException:
                if os.name != "nt":  # while it is locked: later the name may be another's
                    _gone(temporary)
                raise
    except BaseException:
        if os.name == "nt":
            _gone(temporary)
        raise


def _gone(temporary: Path) -> None:
    with suppress(OSError):
        temporary.unlink()


def _finish(file: IO[bytes]) -> None:
    """What was written is on the disk; Windows renames no file that is open."""
    file.flush()
    os.fsync(file.fileno())
    if os.name == "nt":
        file.close()


def _take_over_mode(path: Path, file: IO[bytes]) -> None:
    if os.name != "nt":
        with suppress(OSError):
            os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode) & 0o777)


def _retried(rename: Any, path: Path) -> None:
    """Rename to `path`, tried again for a while where somebody holds that file."""
    until = time.monotonic() + HELD_SECONDS
    while True:
        try:
            rename(path)
            return
        except PermissionError:
            if time.monotonic() > until:
                raise
        time.sleep(HELD_SECONDS / 20)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that they outlast a power cut. Raises OSError."""
    fresh = [one for one in (folder, *folder.parents) if is_missing(one)]
    folder.mkdir(parents=True, exist_ok=True)
    for one in fresh:
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder outlast a power cut, where the system can do that."""
    if os.name == "nt":  # which writes them down by itself
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _about(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """Names the file itself in what the system says of the one beside it."""
    try:
        yield
    except OSError as error:
        if temporary is None or error.filename == str(temporary) or error.errno in FULL:
            error.filename, error.filename2 = str(path), None
        raise


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file, or none of it."""
    with replacing(path) as file:
        file.write(data)


def is_missing(path: Path) -> bool:
    """Whether nothing lies there; False also where that cannot be told, which reading it tells."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def lies(path: Path) -> bool:
    """Whether a file lies there that can be looked at."""
    try:
        return path.is_file()
    except OSError:
        return False


def read_object(path: Path, most: int = MOST_JSON) -> dict[str, Any]:
    """The JSON object in a file of at most so many bytes, whatever lies there.

    Raises UserError: why there is none.
    """
    try:
        with open_regular(path) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise UserError(f"{path} is too large to be what it is named: move it away.")
        return parse_object(data.decode("utf-8"), str(path))
    except OSError as error:
        raise UserError(told(error, path, "cannot be read")) from error
    except ValueError as error:  # not UTF-8, or a name that no file can have
        raise UserError(f"{path} is damaged: it holds no text.") from error


def parse_object(text: str, name: str) -> dict[str, Any]:
    """The JSON object that a text is. Raises UserError naming what `name` is instead."""
    try:
        content = json.loads(text)
    except RecursionError as error:
        raise UserError(f"{name} is damaged: it is nested too deeply.") from error
    except ValueError as error:  # also numbers of too many digits
        raise UserError(f"{name} is damaged: it is not valid JSON ({error}).") from error
    if not isinstance(content, dict):
        raise UserError(f"{name} is damaged: it is not a JSON object.")
    return content
