"""Files in a folder or .zip: listed in natural order and read on several threads. No torch."""

from __future__ import annotations

import zipfile
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar

from trainer.data.folders.archives import open_archive, unpacked
from trainer.data.folders.left_out import LeftOut, Why, shunned
from trainer.data.folders.walk import Walk
from trainer.data.image_files import TooLargeError
from trainer.data.image_kinds import suffixes
from trainer.data.natural_order import in_natural_order
from trainer.data.progress import OnProgress, unheard
from trainer.devices.cores import cores
from trainer.messages import DataMissingError, UserError
from trainer.storage.regular import NotAFileError, open_regular

MOST = 100_000  # images
MOST_FILE = 1 << 26  # bytes of one image file, unpacked: hardly any photo is larger
MOST_UNPACKED = 1 << 35  # bytes of all images in a .zip
WORKERS = min(8, cores())
BATCH = 512  # files read ahead
TURN = 0.1  # seconds between two looks whether somebody has given up

T = TypeVar("T")


class Store(Protocol):
    """Where files lie; names are paths with "/"."""

    title: str

    def files(self, progress: OnProgress = unheard) -> tuple[list[str], list[LeftOut]]:
        """All files in natural order, and what was not looked at. Raises UserError."""

    def read(self, name: str) -> bytes:
        """The bytes of one file; safe on several threads. Raises UserError."""

    def head(self, name: str, count: int) -> bytes:
        """The first bytes of a file; fewer, or none, where it cannot be read."""

    def stamp(self, name: str) -> str:
        """What is another one when the file is: its size, and when it was changed."""


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """The files of a folder or .zip. Raises UserError where `path` is neither."""
    archive = _archive(path)
    if archive is None:
        yield _Folder(path)
        return
    with archive:
        yield _Zip(path, archive)


def _archive(path: Path) -> zipfile.ZipFile | None:
    """What is at `path`, opened; None for a folder."""
    try:
        if path.is_dir():
            return None
        if not path.exists():
            raise DataMissingError(
                f'"{path}" is not there: was it moved, renamed or deleted?', path=str(path)
            )
        return open_archive(path)
    except (NotAFileError, zipfile.BadZipFile) as error:
        raise DataMissingError(
            f'"{path.name}" is neither a folder nor a .zip that can be read. Choose a folder of '
            "images, or pack the folder as .zip anew.",
            path=str(path),
        ) from error
    except (OSError, ValueError) as error:  # a name too long, or with a zero in it
        raise UserError(
            f'"{path.name:.80}" cannot be read ({_why(error)}): choose another folder or .zip.'
        ) from error


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.title = path.absolute().name

    def files(self, progress: OnProgress = unheard) -> tuple[list[str], list[LeftOut]]:
        walk = Walk(self._path, progress)
        return in_natural_order(_limited(walk.files(), self._path)), walk.left_out

    def read(self, name: str) -> bytes:
        return _not_too_large(self._bytes(name, MOST_FILE + 1), name)

    def head(self, name: str, count: int) -> bytes:
        with suppress(UserError):
            return self._bytes(name, count)
        return b""

    def _bytes(self, name: str, most: int) -> bytes:
        try:
            with open_regular(self._path / name) as file:
                return file.read(most)
        except (OSError, ValueError) as error:  # ValueError: a zero in the name
            raise UserError(f'"{name}" cannot be read ({_why(error)}).') from error

    def stamp(self, name: str) -> str:
        try:
            told = (self._path / name).stat()
        except (OSError, ValueError):
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
        infos = archive.infolist()
        self._infos = {_plain(info.filename): info for info in infos}
        named = [_plain(info.filename) for info in infos]
        self._again = [name for name, count in Counter(named).items() if count > 1]

    def files(self, progress: OnProgress = unheard) -> tuple[list[str], list[LeftOut]]:
        progress(0, 0)
        whole = [name for name in self._infos if not name.endswith("/")]
        if sum(self._infos[name].file_size for name in whole if is_image(name)) > MOST_UNPACKED:
            raise UserError(
                f'"{self._path.name}" unpacks to more than {MOST_UNPACKED >> 30} GiB. Choose a '
                ".zip with fewer or smaller images."
            )
        found, left_out = [], [LeftOut(name, Why.TWICE) for name in self._again]
        for name in whole:
            reasons = filter(None, map(shunned, name.split("/")))
            if (why := next(reasons, None)) is not None:
                left_out.append(LeftOut(name, why))
            else:
                found.append(name)
        return in_natural_order(_limited(found, self._path)), left_out

    def read(self, name: str) -> bytes:
        return _not_too_large(self._bytes(name, MOST_FILE + 1), name)  # whatever it claims

    def head(self, name: str, count: int) -> bytes:
        with suppress(UserError):
            return self._bytes(name, count)
        return b""

    def _bytes(self, name: str, most: int) -> bytes:
        info = self._infos.get(name)
        if info is None:
            raise UserError(f'"{name}" is not in "{self._path.name}".')
        try:
            return unpacked(self._archive, info, most)
        except (OSError, zipfile.BadZipFile) as error:
            raise UserError(f'"{name}" cannot be unpacked ({error}).') from error

    def stamp(self, name: str) -> str:
        info = self._infos[name]
        return f"{info.file_size} {info.CRC} {self._changed}"


def _plain(name: str) -> str:
    """A path as it is meant: some programs for Windows pack backslashes, others begin with "./"."""
    return name.replace("\\", "/").removeprefix("./")


def _limited(names: Iterable[str], path: Path) -> Iterator[str]:
    """Whoever names a whole disk by mistake need not wait for all of it."""
    images = 0
    for count, name in enumerate(names, start=1):
        images += is_image(name)
        if images > MOST or count > 10 * MOST:
            held = f"{MOST:,} images" if images > MOST else f"{10 * MOST:,} files"
            raise UserError(
                f'"{path.name}" holds more than {held}. Choose a folder or .zip with fewer.'
            )
        yield name


def is_image(name: str) -> bool:
    """Whether a file can be opened, by its ending."""
    return PurePosixPath(name).suffix.lower() in suffixes()


def _not_too_large(data: bytes, name: str) -> bytes:
    if len(data) > MOST_FILE:
        raise TooLargeError(f'"{name}" is larger than {MOST_FILE >> 20} MiB: save a smaller copy.')
    return data


def in_threads(
    work: Callable[[str], T], names: Iterable[str], progress: OnProgress = unheard
) -> Generator[T]:
    """`work` of every name, in order, on several threads, never far ahead of the taker.

    What `progress` raises while a result is waited for ends it at once. Closed early, it does no
    more, and waits for nothing: an image that takes long is then decoded for nobody.
    """
    left = iter(names)
    pool = ThreadPoolExecutor(WORKERS)
    try:
        while batch := list(islice(left, BATCH)):
            waiting = deque(pool.submit(work, name) for name in batch)
            while waiting:
                yield _awaited(waiting.popleft(), progress)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _awaited(result: Future[T], progress: OnProgress) -> T:
    while True:
        if wait((result,), TURN).done:
            return result.result()
        progress(0, 0)
