"""Image files in a folder or .zip: listed in natural order and read on several threads."""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from trainer.data.image_files import suffixes
from trainer.messages import DataMissingError, UserError

MOST = 100_000  # images
DEEPEST = 4  # folders below the one named: whoever names a whole disk by mistake need not wait
MOST_FILE = 1 << 26  # bytes of one image file, unpacked: hardly any photo is larger
MOST_UNPACKED = 1 << 35  # bytes of all images in a .zip
WORKERS = min(8, os.cpu_count() or 1)
BATCH = 512  # files read ahead

_ZIP_ERRORS = (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError)
T = TypeVar("T")


class Store(Protocol):
    """Where image files lie; names are paths with "/"."""

    title: str

    def names(self) -> list[str]:
        """All images, in natural order. Raises UserError, also where there are too many."""

    def read(self, name: str) -> bytes:
        """The bytes of one file; safe on several threads. Raises UserError."""

    def stamp(self, name: str) -> str:
        """What is another one when the file is: its size, and when it was changed."""


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """The images of a folder or .zip. Raises UserError where `path` is neither."""
    if path.is_dir():
        yield _Folder(path)
        return
    if not path.exists():
        raise DataMissingError(f'"{path}" is not there: was it moved, renamed or deleted?')
    if not path.is_file():  # reading a pipe could wait for ever
        raise UserError(f'"{path.name}" is neither a folder nor a file: choose a folder of images.')
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise UserError(
            f'"{path.name}" is neither a folder nor a .zip that can be read. Choose a folder of '
            "images, or pack the folder as .zip anew."
        ) from error
    except OSError as error:
        raise UserError(f'"{path.name}" cannot be read ({error.strerror}).') from error
    with archive:
        yield _Zip(path, archive)


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.title = path.absolute().name

    def names(self) -> list[str]:
        return _listed(self._walk(), self._path)

    def _walk(self) -> Iterator[str]:
        def fail(error: OSError) -> None:
            raise UserError(
                f'"{error.filename}" cannot be read ({error.strerror}): check its permissions.'
            ) from error

        for top, folders, files in os.walk(self._path, onerror=fail):
            below = Path(top).relative_to(self._path)
            if len(below.parts) == DEEPEST:
                folders.clear()
            # What is hidden anyway need not be readable.
            folders[:] = [name for name in folders if _is_shown(name)]
            for name in files:
                if _is_image(name) and (Path(top) / name).is_file():  # a pipe would never end
                    yield (below / name).as_posix()

    def read(self, name: str) -> bytes:
        path = self._path / name
        try:
            with path.open("rb") as file:
                data = file.read(MOST_FILE + 1)
        except OSError as error:
            raise UserError(f'"{name}" cannot be read ({error.strerror}).') from error
        return _not_too_large(data, name)

    def stamp(self, name: str) -> str:
        try:
            told = (self._path / name).stat()
        except OSError:
            return "gone"
        # The second time knows of permissions too: what could not be read then may be now.
        return f"{told.st_size} {told.st_mtime_ns} {told.st_ctime_ns}"


class _Zip:
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive
        self.title = path.stem
        self._changed = path.stat().st_mtime_ns
        # Some programs for Windows pack paths with backslashes.
        self._infos = {info.filename.replace("\\", "/"): info for info in archive.infolist()}

    def names(self) -> list[str]:
        names = _listed((name for name in self._infos if _is_image(name)), self._path)
        if sum(self._infos[name].file_size for name in names) > MOST_UNPACKED:
            raise UserError(
                f'"{self._path.name}" unpacks to more than {MOST_UNPACKED >> 30} GiB. Choose a '
                ".zip with fewer or smaller images."
            )
        return names

    def read(self, name: str) -> bytes:
        info = self._infos.get(name)
        if info is None:
            raise UserError(f'"{name}" is not in "{self._path.name}".')
        try:
            with self._archive.open(info) as file:
                data = file.read(MOST_FILE + 1)  # whatever size the archive claims
        except _ZIP_ERRORS as error:
            raise UserError(f'"{name}" cannot be unpacked ({error}).') from error
        return _not_too_large(data, name)

    def stamp(self, name: str) -> str:
        info = self._infos[name]
        return f"{info.file_size} {info.CRC} {self._changed}"


def _listed(names: Iterable[str], path: Path) -> list[str]:
    found = list(islice(names, MOST + 1))
    if len(found) > MOST:
        raise UserError(
            f'"{path.name}" holds more than {MOST:,} images. Choose a folder or .zip with fewer.'
        )
    return sorted(sorted(found), key=natural)


def natural(name: str) -> list[list[str | int]]:
    """A key that sorts "a/2.png" before "a/10.png" and both before "b/1.png"."""
    return [
        [
            int(piece) if piece.isdecimal() else piece.casefold()
            for piece in re.split(r"(\d+)", part)
        ]
        for part in name.split("/")
    ]


def _is_image(name: str) -> bool:
    parts = name.split("/")
    return all(map(_is_shown, parts)) and Path(parts[-1]).suffix.lower() in suffixes()


def _is_shown(part: str) -> bool:
    return not part.startswith(".") and part != "__MACOSX"


def _not_too_large(data: bytes, name: str) -> bytes:
    if len(data) > MOST_FILE:
        raise UserError(f'"{name}" is larger than {MOST_FILE >> 20} MiB: save a smaller copy.')
    return data


def in_threads(work: Callable[[str], T], names: Iterable[str]) -> Generator[T]:
    """`work` of every name, in order, on several threads, never far ahead of the taker.

    Closed early, it waits for what is being worked on, and does no more.
    """
    left = iter(names)
    with ThreadPoolExecutor(WORKERS) as pool:
        while batch := list(islice(left, BATCH)):
            yield from pool.map(work, batch)
