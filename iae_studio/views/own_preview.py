"""What a network will see of a folder's images: a few of them, and those that cannot be used."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from iae_studio.state.cancelling import CancellableProgress
from iae_studio.state.submit import Submit
from iae_studio.views.building_blocks import caption, column
from iae_studio.views.left_out import LeftOutList
from iae_studio.widgets.seen_images import ACROSS, SeenImages
from trainer.data.folders.inventory import Inventory
from trainer.data.folders.preview import Preview, preview
from trainer.data.preprocessing import Preprocess
from trainer.messages import UserError
from trainer.recipe.grey_range import GreyRange

PAUSE = 60  # ms after a change, so that several at once are one


def _looked(
    inventory: Inventory,
    look: Preprocess,
    grey_range: GreyRange | None,
    progress: CancellableProgress,
    count: int,
) -> Preview | str:
    try:
        return preview(inventory, look, grey_range, progress, count)
    except UserError as error:
        return str(error)


class OwnPreview(QWidget):
    """Follows a folder and how it is to be seen; the pictures stay until there are others."""

    def __init__(
        self, name: str, submit: Submit, rows: int = 2, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._submit, self._count = submit, rows * ACROSS
        self._wanted: tuple[Inventory, Preprocess] | None = None
        self._shown: tuple[Inventory, Preprocess] | None = None
        self._grey_range: GreyRange | None = None
        self._progress: CancellableProgress | None = None
        self.images = SeenImages(rows)
        self.images.setAccessibleName("What the network will see")
        self.left_out = LeftOutList(submit)
        self._told = caption()
        layout = column(self, pad=0, gap=4)
        layout.addWidget(self.images)
        layout.addWidget(self._told)
        layout.addWidget(self.left_out)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._look)
        self.hide()

    def follow(self, inventory: Inventory | None, look: Preprocess) -> None:
        """Show these images in this way, soon; None: there are none."""
        wanted = None if inventory is None else (inventory, look)
        if wanted == self._wanted:
            return
        self.stop()
        if inventory is None or self._wanted is None or self._wanted[0] != inventory:
            self._grey_range = None
            self.left_out.show_of(inventory)
        self._wanted = wanted
        self.setVisible(wanted is not None)
        if wanted is None:
            self.images.setImages(())
        else:
            self._timer.start()

    def stop(self) -> None:
        """Nobody waits any more."""
        self._timer.stop()
        if self._progress is not None:
            self._progress.cancel()
            self._progress = None

    def end(self) -> None:
        """The same, of all that it does."""
        self.stop()
        self.left_out.stop()

    def _look(self) -> None:
        if self._wanted is None:
            return
        self._progress = progress = CancellableProgress(lambda *_: None)
        self._submit(
            partial(_looked, *self._wanted, self._grey_range, progress, self._count),
            then=partial(self._found, progress, self._wanted[0]),
            otherwise=lambda: None,
            newest=self.objectName(),
        )

    def _found(
        self, progress: CancellableProgress, inventory: Inventory, found: Preview | str
    ) -> None:
        if progress is not self._progress:
            return
        self._progress = None
        if isinstance(found, str):
            self._told.setText(found)
            return
        self._grey_range = found.grey_range
        self.images.setImages(found.images, found.names)
        self.left_out.add(found.broken)
        count, total = len(found.images), len(inventory.names)
        self._told.setText(f"What the network will see: {count} of {total:,} images.")
