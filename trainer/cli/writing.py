"""Writing what a command makes."""

from __future__ import annotations

from pathlib import Path

from trainer.storage.faults import in_words
from trainer.storage.files import write_bytes


def write(path: Path, data: bytes) -> None:
    """Write a whole file. Raises UserError where that cannot be done."""
    with in_words(path, "cannot be written"):
        write_bytes(path, data)


def with_suffix(path: Path, suffix: str) -> Path:
    """The path with an ending that a program knows it by; one that has it stays."""
    return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


def printable(text: str) -> str:
    """One line that a terminal shows and does not obey: names may hold its commands."""
    line = " ".join(text.split())
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
