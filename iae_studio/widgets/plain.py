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
_APART = "\N{ZERO WIDTH SPACE}"


def plain(text: str) -> str:
    """The same to be read, for a place where Qt guesses: it takes this for no markup."""
    return _MARKUP.sub(lambda found: found[0] + _APART, text)


class PlainLabel(QLabel):
    """A label that shows its text as it is."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        super().setText(text)

    def setToolTip(self, tip: str) -> None:
        super().setToolTip(plain(tip))


def message_box(parent: QWidget | None, title: str, text: str) -> QMessageBox:
    """A box of words that are all our own: they may have markup."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(text)
    return box
