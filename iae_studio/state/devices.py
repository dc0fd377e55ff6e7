"""The device that trains and draws: those that were found, and the one that was chosen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from trainer.devices.records import AUTO, CPU, DeviceInfo, FoundDevices
from trainer.messages import Failed


@dataclass(frozen=True)
class Lost:
    """A GPU that was lost: its name, what is said of it, and what trained there had saved."""

    device: str
    told: Failed
    saved: int = 0  # the step of the last checkpoint


class Devices(QObject):
    """`chosen` is auto, or what was chosen last, until the engine is loaded."""

    offered = Signal()  # which devices there are
    changed = Signal(str)  # another one is chosen
    chosenByHand = Signal(str)  # the same, to be taken again at the next start

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen = AUTO
        self.known: tuple[DeviceInfo, ...] = ()  # those that work, the best first

    def offer(self, found: FoundDevices) -> None:
        """There are these. Where the chosen one is not among them, the first is taken.

        That is what "auto" took, so nothing has to be drawn anew.
        """
        self.known = found.usable
        if self.chosen not in {device.name for device in self.known}:
            self.chosen = self.known[0].name
        self.offered.emit()

    def choose(self, device: str) -> None:
        """Train and draw on this device from now on."""
        if device != self.chosen:
            self.chosen = device
            self.changed.emit(device)

    def choose_by_hand(self, device: str) -> None:
        """The same, and at the next start again."""
        self.choose(device)
        self.chosenByHand.emit(device)

    def lose(self, device: str) -> bool:
        """A GPU is offered no more, and the CPU takes its place; whether it was offered."""
        left = tuple(known for known in self.known if known.name != device)
        if device == CPU or left == self.known:
            return False
        self.known = left
        taken = self.chosen == device
        self.chosen = CPU if taken else self.chosen
        self.offered.emit()
        if taken:
            self.changed.emit(CPU)
        return True
