"""Runs that were thrown away: moved as they are, until they are put back or removed. No torch.

TRASH/WHEN/RUN is the folder RUN, byte for byte, of the folder of all runs.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from trainer.messages import UserError
from trainer.storage.faults import told
from trainer.storage.files import make_folder, sync_folder
from trainer.storage.paths import runs_root, trash_root
from trainer.storage.run_lock import check_rests


@dataclass(frozen=True)
class Trashed:
    """A run in the trash."""

    path: Path

    @property
    def name(self) -> str:
        """Of its folder, here and where it was."""
        return self.path.name


def throw_away(run: Path) -> Trashed:
    """Move a run to the trash. Raises UserError where it stays: it trains, say."""
    if run.parent != runs_root():
        raise UserError(f"{run} lies elsewhere than the runs of this computer: remove it there.")
    check_rests(run)
    try:
        place = _new_place()
    except OSError as error:
        raise UserError(told(error, trash_root(), "cannot be made")) from error
    try:
        _move(run, place / run.name)
    except UserError:
        with suppress(OSError):
            place.rmdir()
        raise
    return Trashed(place / run.name)


def put_back(trashed: Trashed) -> Path:
    """Move a run back to where it was. Raises UserError where it stays."""
    run = runs_root() / trashed.name
    if os.path.lexists(run):
        raise UserError(f"{run} is there again: rename it or move it away, then put this one back.")
    with suppress(OSError):  # the move tells of it
        make_folder(run.parent)
    _move(trashed.path, run)
    with suppress(OSError):
        trashed.path.parent.rmdir()
    return run


def in_trash() -> tuple[Trashed, ...]:
    """What lies in the trash, the newest first; nothing where that cannot be read."""
    found: list[Trashed] = []
    with suppress(OSError):
        for place in sorted(trash_root().iterdir(), reverse=True):
            with suppress(OSError):  # a file, or somebody else's folder
                found += [Trashed(path) for path in sorted(place.iterdir())]
    return tuple(found)


def empty_trash(what: tuple[Trashed, ...]) -> None:
    """Remove these for ever. Raises UserError where one stays, once all were tried."""
    why: OSError | None = None
    for trashed in what:
        if trashed.path.parent.parent != trash_root():
            continue
        try:
            if trashed.path.is_dir() and not trashed.path.is_symlink():
                shutil.rmtree(trashed.path)
            else:
                trashed.path.unlink()
        except FileNotFoundError:  # another window was faster
            pass
        except OSError as error:
            why = error
        with suppress(OSError):
            trashed.path.parent.rmdir()
    if why is not None:
        raise UserError(told(why, None, "cannot be removed"))


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder, as far as they can be seen; links are not followed."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(f"{place}/{name}").st_size
    return total


def _new_place() -> Path:
    """An empty folder in the trash, named after the time."""
    make_folder(trash_root())
    stem, count = time.strftime("%Y%m%d-%H%M%S"), 1
    while True:
        place = trash_root() / (stem if count == 1 else f"{stem}-{count}")
        try:
            place.mkdir()
            return place
        except FileExistsError:
            count += 1


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise UserError(
                f"{source} stays where it is: the trash lies on another disk. Move or remove the "
                "folder yourself."
            ) from error
        raise UserError(told(error, source, "cannot be moved")) from error
    for folder in (source.parent, target.parent):
        sync_folder(folder)
