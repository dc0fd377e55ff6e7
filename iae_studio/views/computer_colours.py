"""Colours for the text about this computer: titles, names, and what a check came to."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from iae_studio.style import theme

_NAME = re.compile(r"  (?=\S)(?:[^ ]+ ?)+(?=  |$)")
_WORDS = {"ok": re.compile(r"\bok(?=  |:)"), "FAILED": re.compile(r"\bFAILED\b")}
_ROLES = {"ok": "reconstruction", "FAILED": "error"}


class ComputerColours(QSyntaxHighlighter):
    """What is copied stays plain text."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        if text and not text.startswith(" "):
            self.setFormat(0, len(text), _format("text", bold=True))
        elif text.startswith("  ") and (name := _NAME.match(text)):
            self.setFormat(0, name.end(), _format("muted"))
        for word, where in _WORDS.items():
            for found in where.finditer(text):
                shade = _format(_ROLES[word], bold=True)
                self.setFormat(found.start(), found.end() - found.start(), shade)


def _format(role: str, bold: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(theme.colour(role)))
    if bold:
        made.setFontWeight(QFont.Weight.DemiBold)
    return made
