"""What a user calls a run, and notes of it; beside what the run itself wrote. No torch.

RUN/notes.json  {"format": 1, "title": "...", "note": "..."}
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from trainer.messages import UserError
from trainer.storage.faults import told
from trainer.storage.files import is_missing, read_object, write_bytes

FILE, FORMAT = "notes.json", 1
MOST_TITLE, MOST_NOTE = 120, 2000  # letters
_MOST_BYTES = 1 << 16


@dataclass(frozen=True)
class RunNotes:
    """A title and a note, each one line; empty where the user gave none."""

    title: str = ""
    note: str = ""


NO_NOTES = RunNotes()


def notes_of(title: str, note: str) -> RunNotes:
    """Notes that somebody typed or pasted: on one line, of letters that can be written down."""
    return RunNotes(_line(title, MOST_TITLE), _line(note, MOST_NOTE))


def read_notes(run: Path) -> RunNotes:
    """The notes of a run; none where there are none, or where they cannot be read."""
    try:
        return _read(run / FILE)
    except UserError:
        return NO_NOTES


def write_notes(run: Path, notes: RunNotes) -> None:
    """Keep notes of a run, whose other files stay as they are. Raises UserError."""
    file = run / FILE
    if is_missing(run):
        raise UserError(f"{run} is not there any more: it cannot be named.")
    if not is_missing(file):
        _check_age(file)
    content = {"format": FORMAT, "title": notes.title, "note": notes.note}
    try:
        write_bytes(file, json.dumps(content).encode())
    except OSError as error:
        raise UserError(told(error, file, "cannot be written")) from error


def change_notes(run: Path, title: str | None = None, note: str | None = None) -> bool:
    """Give a run another title or note; the other one stays as the disk has it.

    Whether that changed anything. Raises UserError.
    """
    kept = read_notes(run)
    notes = notes_of(kept.title if title is None else title, kept.note if note is None else note)
    if notes == kept:
        return False
    write_notes(run, notes)
    return True


def _read(file: Path) -> RunNotes:
    if is_missing(file):
        return NO_NOTES
    content = read_object(file, _MOST_BYTES)
    title, note = content.get("title", ""), content.get("note", "")
    if content.get("format") != FORMAT or not isinstance(title, str) or not isinstance(note, str):
        raise UserError(f"{file} is damaged, or a newer version wrote it.")
    return notes_of(title, note)


def _check_age(file: Path) -> None:
    """A damaged file is written over; a newer version's is not."""
    try:
        number = read_object(file, _MOST_BYTES).get("format")
    except UserError:
        return
    if isinstance(number, int) and number > FORMAT:
        raise UserError(f"{file} was written by a newer version of IAE Studio: use that one.")


def _line(text: str, most: int) -> str:
    """Without what is no letter: control characters, halves of letters, turns of direction."""
    letters = "".join(map(_letter, text[: 4 * most]))
    return " ".join(letters.split())[:most].strip()


def _letter(sign: str) -> str:
    if sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        return ""
    return " " if unicodedata.category(sign) in ("Cc", "Cs") else sign
