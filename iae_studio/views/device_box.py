"""`deviceBox`: the device to train on, in few letters; its list names each card."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from iae_studio.state.devices import Devices
from iae_studio.widgets.boxes import ChoiceBox
from iae_studio.widgets.plain import plain
from trainer.devices.records import CPU

TOLD = Qt.ItemDataRole.UserRole + 1  # of an item: what is read in the list
TIP = "The device to train on"
AROUND = 24  # px: what a list needs beside its words


class DeviceBox(ChoiceBox):
    """Follows what is offered; a choice is one by hand."""

    def __init__(self, devices: Devices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._devices = devices
        self.setObjectName("deviceBox")
        self.setAccessibleName("Device to train on")
        # "GPU 1" comes when the window is long open, and needs more room than "CPU".
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.view().setAccessibleName("Devices")
        self.setItemDelegate(_Told(self))
        self.setToolTip(plain(TIP))
        self.addItem("CPU", CPU)
        self.currentIndexChanged.connect(self._chosen)
        devices.offered.connect(self._offer)

    def showPopup(self) -> None:
        """As wide as the longest name."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + AROUND)
        super().showPopup()

    def _offer(self) -> None:
        """All that work; one of them is chosen already."""
        known = self._devices.known
        several = len(known) > 2  # GPUs, and the CPU
        with QSignalBlocker(self):
            self.clear()
            for place, device in enumerate(known):
                number = f" {device.number}" if several else ""
                name = "CPU" if device.name == CPU else f"GPU{number}"
                told = name if device.name == CPU else f"{name}: {device.told}"
                self.addItem(name, device.name)
                self.setItemData(place, told, TOLD)
                self.setItemData(place, plain(device.told), Qt.ItemDataRole.ToolTipRole)
            self.setCurrentIndex(self.findData(self._devices.chosen))
        self._tell()

    def _chosen(self) -> None:
        self._devices.choose_by_hand(self.currentData())
        self._tell()

    def _tell(self) -> None:
        """Which card it is."""
        told = self.currentData(TOLD)
        self.setToolTip(plain(f"{TIP}: {told}" if told else TIP))


class _Told(QStyledItemDelegate):
    """Shows what is told of a device in place of its few letters."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.text = index.data(TOLD) or option.text
