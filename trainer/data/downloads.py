"""Downloads of published archives: progress, cancel, checksums, several mirrors."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from trainer.data.arriving import CHUNK as CHUNK
from trainer.data.arriving import Cancelled as Cancelled
from trainer.data.arriving import chunks_of
from trainer.data.progress import OnProgress, unheard
from trainer.messages import UserError
from trainer.storage.files import replacing
from trainer.storage.half_written import remove_half_written
from trainer.storage.regular import open_regular

SLACK = 1 << 20  # bytes a mirror's copy may be larger than published: longer answers are no archive
# What the disk says, not the network.
_DISK = {
    errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EFBIG,
    errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP,
    errno.EIO,
}  # fmt: skip


@dataclass(frozen=True)
class Archive:
    """One published file: its name in the folder, where it can be had, what it must be."""

    name: str
    urls: tuple[str, ...]  # tried in this order
    md5: str
    size: int  # bytes, for the progress


def is_as_published(path: Path, archive: Archive) -> bool:
    """Whether a file is there with the archive's checksum."""
    digest = hashlib.md5(usedforsecurity=False)
    try:
        with open_regular(path) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except (OSError, UserError):
        return False
    return digest.hexdigest() == archive.md5


def fetch_archives(
    archives: Iterable[Archive],
    folder: Path,
    otherwise: str,
    progress: OnProgress = unheard,
    cancelled: Callable[[], bool] = lambda: False,
    is_whole: Callable[[Path, Archive], bool] = is_as_published,
) -> Path:
    """Fetch the archives into the folder and check them; returns the folder.

    What `is_whole` there already is not fetched again. `progress(bytes done, bytes in all)` is
    called for each chunk. Raises Cancelled, or UserError where no mirror answers, a checksum
    differs or the disk refuses; `otherwise` is the sentence that tells what else can be done.
    """
    archives = list(archives)
    total, before = sum(archive.size for archive in archives), 0
    for archive in archives:
        remove_half_written(folder / archive.name)
        if not is_whole(folder / archive.name, archive):
            _fetch(archive, folder, otherwise, partial(_moved, progress, before, total), cancelled)
        before += archive.size
        progress(before, total)
    return folder


def _moved(progress: OnProgress, before: int, total: int, done: int) -> None:
    progress(min(before + done, total), total)


def _fetch(
    archive: Archive,
    folder: Path,
    otherwise: str,
    moved: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    import http.client  # which loads slowly

    causes = []
    for url in archive.urls:
        if cancelled():
            raise Cancelled
        try:
            return _copy(archive, url, folder / archive.name, moved, cancelled)
        except (OSError, ValueError, http.client.HTTPException) as error:
            if isinstance(error, OSError) and error.errno in _DISK:
                raise UserError(
                    f"{folder / archive.name} cannot be written ({error.strerror}). "
                    "Free some space, or choose another folder with --data."
                ) from error
            causes.append(f"{url}: {getattr(error, 'reason', error)}")
    raise UserError(
        f"{archive.name} could not be downloaded ({'; '.join(causes)}). "
        f"Check the network, or {otherwise}"
    )


def _copy(
    archive: Archive,
    url: str,
    target: Path,
    moved: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> None:
    """One try with one mirror. Raises OSError, ValueError, HTTPException or Cancelled."""
    with closing(chunks_of(url, cancelled)) as chunks, replacing(target) as file:
        digest, done = hashlib.md5(usedforsecurity=False), 0
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            if done > archive.size + SLACK:  # it would not end before the disk is full
                raise ValueError("it sends more than the archive holds")
            moved(done)
        if digest.hexdigest() != archive.md5:
            raise ValueError("its checksum differs")
