"""The keyboard, given back to the widget that had it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken


def give_back(before: QWidget | None) -> None:
    """Let a widget have the keyboard again, if it is still there and can be seen."""
    # Another model may have fewer sliders: the one that had the keyboard is then destroyed.
    if before is not None and Shiboken.isValid(before) and before.isVisible():
        before.setFocus()
