"""A run's small files: made once, put back where they are removed, copied to another place."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from trainer.messages import UserError
from trainer.storage.faults import told
from trainer.storage.files import create_bytes, lies, make_folder, sync_folder, write_bytes
from trainer.storage.regular import open_regular

RECIPE, AMENDMENTS = "recipe.json", "amendments.json"
# What else is copied with a run.
BESIDE = ("images.json", "aside.json", AMENDMENTS, "curves.f32", "metrics.json")


def check_new(path: Path) -> None:
    """Raises UserError where a run stands already, or none could be read again."""
    if (path / RECIPE).exists():
        raise stands(path)
    try:
        str(path).encode()
    except UnicodeEncodeError as error:  # safetensors could not read there what it wrote
        raise UserError(
            f"{str(path)!r} is not written in UTF-8: choose another folder for the run (--out)."
        ) from error


def stands(path: Path) -> UserError:
    """What is said where a run stands already."""
    return UserError(
        f"{path} already holds a run. Go on with it by --resume, or choose another --out."
    )


def begin(path: Path, recipe: bytes) -> None:
    """Make a run's folder by writing what it begins with; of several at once one wins.

    Raises UserError where it cannot be written, or another run stands there.
    """
    try:
        create_bytes(path / RECIPE, recipe)
        sync_folder(path.parent)  # the folder may be made already, and not be kept yet
    except OSError as error:
        if isinstance(error, FileExistsError) and (path / RECIPE).exists():
            raise stands(path) from error
        raise UserError(told(error, path, "cannot be written")) from error


def put_back(path: Path, files: Mapping[str, bytes]) -> bool:
    """Make a run's folder again where it was removed, and say whether it was; raises OSError.

    Not the folders above it: they may be of a disk that was taken away.
    """
    if RECIPE not in files or (path / RECIPE).exists():
        return False
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)
    for name, data in files.items():
        write_bytes(path / name, data)
    return True


def read_bytes(path: Path) -> bytes:
    """A small file, whole. Raises OSError and UserError."""
    with open_regular(path) as file:
        return file.read()


def read_small(path: Path) -> dict[str, bytes]:
    """A run's recipe, and what was amended in it. Raises OSError and UserError."""
    amended = [AMENDMENTS] if lies(path / AMENDMENTS) else []
    return {name: read_bytes(path / name) for name in (RECIPE, *amended)}


def mark_of(path: Path) -> tuple[int, int, int] | None:
    """What is another one as soon as somebody writes the file anew; None where there is none."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns


def copy_run(here: Path | None, there: Path, files: Mapping[str, bytes]) -> None:
    """A run in another folder, but for its checkpoint; of no folder its small files alone.

    Raises UserError.
    """
    try:
        make_folder(there)
        if not put_back(there, files) and here is not None:
            shutil.copyfile(here / RECIPE, there / RECIPE)
    except OSError as error:
        raise UserError(told(error, there, "cannot be written")) from error
    if here is None:
        return
    for name in BESIDE:
        if name not in files and lies(here / name):
            with suppress(OSError):  # the disk may be damaged: the checkpoint is worth more
                shutil.copyfile(here / name, there / name)
