"""What becomes of own images, as it is chosen: how they will look, and how long it will take."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from iae_studio.state.fitting import Fitting
from iae_studio.state.submit import Submit
from iae_studio.views.building_blocks import column
from iae_studio.views.own_looks import Looks
from iae_studio.views.own_preview import OwnPreview
from iae_studio.views.size_fits import SizeFits
from trainer.data.folders.inventory import Inventory
from trainer.recipe.recipe import Recipe


class OwnSeen(QWidget):
    """`ownPreview` and, of a second domain, `secondPreview`; below them `sizeFits`.

    A `pair` of domains has a row of pictures each.
    """

    def __init__(
        self,
        submit: Submit,
        fitting: Fitting | None,
        pair: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        rows = 1 if pair else 2
        self._previews = (
            OwnPreview("ownPreview", submit, rows),
            OwnPreview("secondPreview", submit, rows),
        )
        self._fits = None if fitting is None else SizeFits(fitting)
        box = column(self, pad=0, gap=8)
        for each in (*self._previews, self._fits):
            if each is not None:
                box.addWidget(each)

    def follow(
        self,
        inventories: Sequence[Inventory | None],
        looks: Looks,
        make: Callable[[int], Recipe | None],
    ) -> None:
        """Of these folders; `make` gives the recipe of a size."""
        for each, inventory in zip(self._previews, inventories, strict=True):
            each.follow(inventory, looks.preprocess())
        if self._fits is not None:
            self._fits.follow(make, looks.side, fixed=not looks.size_box.isEnabled())

    def stop(self) -> None:
        """Nobody waits any more."""
        for each in self._previews:
            each.end()
        if self._fits is not None:
            self._fits.stop()
