"""The device that trains and draws: the one that was found, and the one that was chosen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Devices(QObject):
    """`chosen` is auto until there is a choice."""

    found = Signal(str)  # the name of a GPU
    changed = Signal(str)  # auto, cpu or cuda

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen = "auto"

    def offer_gpu(self, name: str) -> None:
        """There is a GPU of that name. It is what "auto" took, so nothing has to be drawn anew."""
        self.chosen = "cuda"
        self.found.emit(name)

    def choose(self, device: str) -> None:
        """Train and draw on this device from now on."""
        if device != self.chosen:
            self.chosen = device
            self.changed.emit(device)
