"""Files that are whole or not there: written beside their place, synced, then renamed."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from trainer.messages import UserError
from trainer.storage.faults import FULL, told
from trainer.storage.regular import open_regular

MOST_JSON = 1 << 24  # bytes; what this program writes has a few thousand


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` when the block ends without an error.

    A crash or a full disk leaves what was there before. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _about(path):
        # Cut, so that the longest names that a disk takes have room for what is added here.
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with _about(path, name):
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


@contextmanager
def _about(path: Path, temporary: str = "") -> Iterator[None]:
    """Names the file itself in what the system says of the one beside it."""
    try:
        yield
    except OSError as error:
        if not temporary or error.filename == temporary or error.errno in FULL:
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
