"""The small "?" beside a group: what the group is, in a sentence and an equation."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QToolButton, QToolTip

from iae_studio.views.help_texts import HELP
from iae_studio.widgets.elided_label import in_lines
from iae_studio.widgets.plain import plain


def help_mark(subject: str) -> QToolButton:
    """A "?" that tells of a subject of `HELP`, on hover and on a click or key."""
    known = HELP[subject]
    words = f"{known.text}\n{known.equation}" if known.equation else known.text
    mark = QToolButton()
    mark.setText("?")
    mark.setObjectName(f"{subject}Help")
    mark.setProperty("flat", True)
    mark.setToolTip(plain(words))
    mark.setAccessibleName(f"What is this: {subject}")
    mark.setAccessibleDescription(words)

    def tell() -> None:
        QToolTip.showText(mark.mapToGlobal(QPoint(0, mark.height())), in_lines(words), mark)

    mark.clicked.connect(tell)
    return mark
