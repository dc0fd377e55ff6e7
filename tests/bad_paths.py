"""Paths at which nothing can be read or written."""

from __future__ import annotations

import os
from pathlib import Path


def a_file(folder: Path) -> str:
    """A file, where a folder is asked for."""
    (folder / "file").write_text("mine")
    return str(folder / "file")


def in_a_file(folder: Path) -> str:
    """As if a file were a folder."""
    return f"{a_file(folder)}/below/x.png"


def too_long(folder: Path) -> str:
    """A name that is too long for any disk."""
    return str(folder / ("n" * 300))


def below_too_long(folder: Path) -> str:
    """In a folder whose name is too long."""
    return f"{folder / ('n' * 300)}/x.png"


def no_name(folder: Path) -> str:
    """A name that no file can have."""
    return f"{folder}/a\0b"


def a_loop(folder: Path) -> str:
    """Two links to each other."""
    (folder / "here").symlink_to(folder / "there")
    (folder / "there").symlink_to(folder / "here")
    return str(folder / "here")


def a_pipe(folder: Path) -> str:
    """A pipe that nobody writes to."""
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


def a_folder(folder: Path) -> str:
    """A folder that holds something else, where a file is asked for."""
    (folder / "folder.safetensors").mkdir()
    (folder / "folder.safetensors" / "something").write_text("else")
    return str(folder / "folder.safetensors")


def not_writable(folder: Path) -> str:
    """Where nobody may write."""
    return "/proc/nowhere/x.png"  # for the system's own user as well


def nowhere(folder: Path) -> str:
    """The address of another computer."""
    return "file://elsewhere/photos"


BAD = [
    a_file, in_a_file, too_long, below_too_long, no_name, a_loop, a_pipe, a_folder, not_writable,
    nowhere,
]  # fmt: skip
