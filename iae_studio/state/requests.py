"""What a view asks of the window: dialogs, and the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Requests(QObject):
    """Signals alone; the window answers them."""

    openWanted = Signal()  # images, from a dialog
    pasteWanted = Signal()
    ownImagesWanted = Signal()  # a folder of them, to train on
