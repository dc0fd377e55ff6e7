"""What a view asks of the window: dialogs, and the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Requests(QObject):
    """Signals alone; the window answers them."""

    openWanted = Signal()  # images, from a dialog
    pasteWanted = Signal()
    # A recipe to be changed before it is trained; what is to be done with the changed one.
    optionsWanted = Signal(object, object)
    filmWanted = Signal()  # of what is explored
    ownImagesWanted = Signal()  # a folder of them, to train on
