"""The data set that is being downloaded, and what is asked of the data controller."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Downloads(QObject):
    """One download at a time; `name` is empty when there is none."""

    wanted = Signal(str)  # a data set's name
    cancelWanted = Signal()
    folderWanted = Signal(str)  # the folder of a data set is to be chosen
    changed = Signal()  # another download, or none
    moved = Signal(float)  # 0 to 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = ""

    def begin(self, name: str) -> None:
        """A data set is on its way."""
        self.name = name
        self.changed.emit()
        self.moved.emit(0.0)

    def set_share(self, share: float) -> None:
        """How much of it is there."""
        if self.name:
            self.moved.emit(share)

    def end(self) -> None:
        """It is here, or it was cancelled, or it failed."""
        self.name = ""
        self.changed.emit()
