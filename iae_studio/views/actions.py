"""Actions: what a key does, found by the palette and the list of keys.

Every view makes its own, as `QAction`s that belong to it. The property "subject" groups them.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from iae_studio.widgets.plain import plain

SUBJECT = "subject"


def act(
    owner: QWidget, subject: str, text: str, keys: str, do: Callable[[], object], tip: str = ""
) -> QAction:
    """An action of the window, by its key wherever the keyboard is; `owner` need not be visible.

    `subject` groups it in the palette and the list of keys: "Pictures", "Noise" and so on. `text`
    says what it does, "&" before the letter that a menu underlines.
    """
    action = QAction(text, owner)
    action.setProperty(SUBJECT, subject)
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    if keys:
        action.setShortcut(QKeySequence(keys))
    if tip:
        action.setStatusTip(plain(tip))
    action.triggered.connect(lambda: do())
    owner.addAction(action)
    return action
