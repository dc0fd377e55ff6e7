"""Looks at this computer line by line, and writes what was found into a file."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from iae_studio.state.cancelling import CancelledError
from trainer.messages import UserError
from trainer.storage.faults import in_words
from trainer.storage.files import write_bytes

if TYPE_CHECKING:
    from trainer.reporting.doctor.records import Asked


def look(asked: Asked, found: Callable[[str, bool], object]) -> str:
    """Tell `found` each line as it may be read by anybody, and whether it says that a check failed.

    Returns the whole text with paths and names as they are.
    """
    if sys.platform == "linux":  # the window goes first
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
    from trainer.devices.choice import try_again
    from trainer.reporting.doctor.names import shown
    from trainer.reporting.doctor.text import lines

    try_again()  # what is known is from before the computer slept, perhaps
    whole = []
    for line in lines(asked):
        whole.append(line.text)
        found(shown(line.text), line.failed)
    if asked.cancelled():
        raise CancelledError
    return "\n".join(whole) + "\n"


def save(path: Path, text: str) -> str:
    """Write the text; in words, where it is or why it could not be written."""
    if not path.suffix:
        path = path.with_name(f"{path.name}.txt")
    try:
        with in_words(path, "cannot be written"):
            write_bytes(path, text.encode("utf-8", "replace"))
    except UserError as error:
        return str(error)
    return f"Saved in {path}."
