"""Actions: what a key does, found by the palette and the list of keys.

Every view makes its own, as `QAction`s that belong to it. The property "subject" groups them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from iae_studio.widgets.plain import plain

SUBJECT = "subject"
PANELS = "Panels"  # whose actions show and hide them
# Subjects in the order of lists; one that is not named here comes after these.
ORDER = (
    *("View", "Pictures", "Clusters", "Map", "Noise", "Time", "Code", "Directions"),
    *("Style", "Draw", "Data", "Training", "File", PANELS, "Window", "Help"),
)


def act(
    owner: QWidget, subject: str, text: str, keys: str, do: Callable[[], object], tip: str = ""
) -> QAction:
    """An action of the window, by its key wherever the keyboard is; `owner` need not be visible.

    `subject` groups it in the palette and the list of keys: "Pictures", "Noise" and so on. `text`
    says what it does, "&" before the letter that a menu underlines. `keys` may be several, the
    first of which is shown: "Ctrl+=; Ctrl++".
    """
    action = QAction(text, owner)
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    if keys:
        action.setShortcuts([QKeySequence(key) for key in keys.split("; ")])
    describe(action, subject, tip)
    action.triggered.connect(lambda: do())
    owner.addAction(action)
    # Once the owner stands in its window: Qt hears no key of a widget that is hidden.
    QTimer.singleShot(0, action, partial(_adopt, action, owner))
    return action


def describe(action: QAction, subject: str, tip: str = "") -> None:
    """Have the palette and the list of keys show an action, whoever made it."""
    action.setProperty(SUBJECT, subject)
    if tip:
        action.setStatusTip(plain(tip))


def _adopt(action: QAction, owner: QWidget) -> None:
    # A key that counts at the owner alone must not count everywhere.
    if action.shortcutContext() == Qt.ShortcutContext.WindowShortcut:
        owner.window().addAction(action)


def words(action: QAction) -> str:
    """What it does, as a list shows it."""
    apart = "\0"
    text = action.text().replace("&&", apart).replace("&", "").replace(apart, "&")
    return text.removesuffix("…")


def key_of(action: QAction) -> str:
    """Its key as this system writes it; empty where it has none."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def actions_of(window: QWidget) -> list[QAction]:
    """All actions of a window that have a subject, subject by subject."""
    found = [each for each in window.findChildren(QAction) if each.property(SUBJECT)]
    return sorted(found, key=lambda each: place_of(str(each.property(SUBJECT))))


def place_of(subject: str) -> tuple[int, str]:
    """Where a subject stands among all."""
    return (ORDER.index(subject) if subject in ORDER else len(ORDER), subject)


def by_subject(actions: Iterable[QAction]) -> dict[str, list[QAction]]:
    """The same, sorted into their subjects."""
    groups: dict[str, list[QAction]] = {}
    for action in actions:
        groups.setdefault(str(action.property(SUBJECT)), []).append(action)
    return groups
