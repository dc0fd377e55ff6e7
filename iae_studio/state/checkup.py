"""The look at this computer: wanted from a menu, and what it found for a report."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Checkup(QObject):
    """`found` is the whole text of the last one; empty until one came to its end."""

    wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found = ""  # with paths and names in it: a report hides those
