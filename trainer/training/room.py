"""How much room a full disk lacks."""

from __future__ import annotations

import shutil
from pathlib import Path

from trainer.storage.faults import FULL


def room_missing(error: OSError, folder: Path, needed: int) -> str:
    """Of a disk that is full, how a sentence begins: what is needed, and what is free."""
    if error.errno not in FULL or not needed:
        return ""
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = needed
    has = f", {megabytes(free)} are free" if free < needed else ""  # a quota may allow less
    return f"it needs {megabytes(needed)}{has}. "


def megabytes(count: int) -> str:
    """So many bytes, as a person says it."""
    return f"{count / 1e6:,.1f} MB" if count < 9.95e6 else f"{count / 1e6:,.0f} MB"
