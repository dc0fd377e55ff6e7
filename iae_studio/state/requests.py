"""What a view asks of the window: dialogs, and the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Requests(QObject):
    """Signals, which the window answers."""

    openWanted = Signal()  # images, from a dialog
    pasteWanted = Signal()
    # A recipe to be changed before it is trained; what is to be done with the changed one, or None:
    # it is trained then.
    optionsWanted = Signal(object, object)
    # A recipe for a branch, and what is to be done with the changed one; where it branches off, in
    # words; the paths of the options that stay.
    branchWanted = Signal(object, object, str, object)
    # A run, and the recipe of a branch that is to go on from its last checkpoint at once.
    branchOffWanted = Signal(object, object)
    filmWanted = Signal()  # of what is explored
    ownImagesWanted = Signal()  # a folder of them, to train on

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Names of pictures that were dropped to bring back all but the noise.
        self.without_noise: set[str] = set()
