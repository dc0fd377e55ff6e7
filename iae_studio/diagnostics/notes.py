"""What the end of the program has to tell its next start: nobody was there to read it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from iae_studio.state.messages import OPEN_RUN, Message
from trainer.messages import UserError
from trainer.storage.files import read_object, write_bytes

FILE = "next-start.json"
MOST = 1 << 16  # bytes


def leave_note(folder: Path, text: str, run: Path) -> None:
    """Keep it for the next start: what happened, and the run that it is about. Raises OSError."""
    write_bytes(folder / FILE, json.dumps({"text": text, "run": str(run)}).encode())


def take_note(folder: Path) -> Message | None:
    """What the last end had to tell, once; nothing where there is nothing that can be read."""
    file = folder / FILE
    note = None
    with suppress(OSError, UserError):
        values = read_object(file, MOST)
        text, run = values.get("text"), values.get("run")
        if isinstance(text, str) and isinstance(run, str) and "\0" not in run:
            note = Message(text, True, (replace(OPEN_RUN, about=Path(run)),), "rescued")
    with suppress(OSError):
        file.unlink(missing_ok=True)
    return note
