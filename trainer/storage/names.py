"""Names that become folders: what is one on every system, and never a way to another place."""

from __future__ import annotations

import re
import unicodedata

from trainer.messages import UserError

MOST_LETTERS = 80
MOST_BYTES = 200  # of a folder's 255; the rest is for what is added to it
_MARKS = frozenset(" -_.,+()'")
# Windows's devices, also with an ending: "nul.txt" is one.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$) *(\..*)?", re.I)


def is_name(text: str) -> bool:
    """Whether a folder may be called so: letters, digits and a few marks, on any system."""
    if not text or len(text) > MOST_LETTERS or text[0] in " ." or text[-1] in " .":
        return False
    if not all(unicodedata.category(sign)[0] in "LMN" or sign in _MARKS for sign in text):
        return False
    if len(text.encode()) > MOST_BYTES or unicodedata.category(text[0])[0] == "M":
        return False
    return not _DEVICE.fullmatch(unicodedata.normalize("NFKC", text))


def check_name(text: str, what: str = "The name") -> str:
    """The name itself. Raises UserError for what a folder cannot be called everywhere."""
    if is_name(text):
        return text
    shown = ascii(text[: MOST_LETTERS // 2])
    raise UserError(
        f"{what} {shown}{'' if len(text) <= MOST_LETTERS // 2 else '...'} cannot be a folder's: "
        f"choose one of letters, digits, spaces and -_.,+()' with at most {MOST_LETTERS} letters, "
        "which neither begins nor ends with a dot or space and is no device of Windows."
    )
