"""What a screen reader says while the keys move within a widget that paints its own parts."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def describe(widget: QWidget, words: str) -> None:
    """Say where the keys are: whenever it is asked, and at once where the keyboard is here.

    On Windows and macOS a description that changes is not read again by itself.
    """
    if words == widget.accessibleDescription():
        return
    widget.setAccessibleDescription(words)
    if words and widget.hasFocus() and QAccessible.isActive():
        told = QAccessibleAnnouncementEvent(widget, words)
        told.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)  # the keys are on already
        QAccessible.updateAccessibility(told)


def part_of(place: int, count: int, what: str, *words: str) -> str:
    """The words for one of several parts, the first of which is at place 0."""
    return ", ".join(filter(None, (f"{what} {place + 1} of {count}", *words))) if count else ""
