"""Writing what a command makes."""

from __future__ import annotations

from pathlib import Path

from trainer.messages import UserError
from trainer.storage.files import write_bytes


def write(path: Path, data: bytes) -> None:
    """Write a whole file. Raises UserError where that cannot be done."""
    try:
        write_bytes(path, data)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.") from error
