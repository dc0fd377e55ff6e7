"""Plain text: what comes from a file is shown letter by letter, and never as markup.

Qt guesses whether a text is HTML, and an image named in it is read from the disk: a pipe would hang
the window, a device fill the memory. So labels are made here, and tool tips pass through `plain`.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

# Where Qt could see the beginning of a tag, or a "<" that is spelled out.
_MARKUP = re.compile("<|&(?=lt;)")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\0-\b\x0b-\x1f]")  # also what is no letter
_APART = "\N{ZERO WIDTH SPACE}"
MOST = 4096  # letters: laying out a million takes Qt many seconds


def bounded(text: str) -> str:
    """As much of a text as anybody reads in a label, and nothing that turns it around."""
    text = _TURNS.sub("", text[: MOST + 1])
    return text if len(text) <= MOST else f"{text[:MOST]}…"


def plain(text: str) -> str:
    """The same to be read, for a place where Qt guesses: it takes this for no markup."""
    return _MARKUP.sub(lambda found: found[0] + _APART, bounded(text))


class PlainLabel(QLabel):
    """A label that shows its text as it is."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        super().setText(bounded(text))

    def setText(self, text: str) -> None:
        super().setText(bounded(text))

    def setToolTip(self, tip: str) -> None:
        super().setToolTip(plain(tip))


def message_box(parent: QWidget | None, title: str, text: str) -> QMessageBox:
    """A box of words that are all our own: they may have markup."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(text)
    return box
