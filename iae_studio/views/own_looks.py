"""How own images are to be seen by a network: their size, their colour, and what is cut off."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from iae_studio.views.building_blocks import caption, column, row
from iae_studio.views.words import sees
from iae_studio.widgets.boxes import ChoiceBox
from trainer.data.preprocessing import Preprocess
from trainer.recipe.recipe import Recipe

SIZES = (16, 28, 32, 48, 64, 96, 128)


class Looks(QWidget):
    """`sizeBox`, `colourBox` and `padBox`; networks of one size let nothing be chosen but that."""

    changed = Signal()

    def __init__(self, recipe: Recipe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.size_box = ChoiceBox()
        self.size_box.setObjectName("sizeBox")
        for size in sorted({*SIZES, recipe.data.size}):
            self.size_box.addItem(f"{size} × {size} px", size)
        self.size_box.setCurrentIndex(self.size_box.findData(recipe.data.size))
        self.colour = QCheckBox("in colour")
        self.colour.setObjectName("colourBox")
        self.colour.setChecked(recipe.data.colour)
        self.pad = QCheckBox("the whole image, padded, instead of its middle square")
        self.pad.setObjectName("padBox")
        self.pad.setChecked(recipe.data.pad)
        box = column(self, pad=0, gap=4)
        box.addLayout(row(self.size_box, self.colour, None))
        if recipe.family.size:
            shape = (recipe.data.size, recipe.data.size, recipe.channels)
            box.addWidget(caption(f"These networks are made for {sees(shape)}."))
            self.size_box.setEnabled(False)
            self.colour.setEnabled(False)
        box.addWidget(self.pad)
        self.size_box.currentIndexChanged.connect(lambda _: self.changed.emit())
        for choice in (self.colour, self.pad):
            choice.toggled.connect(lambda _: self.changed.emit())

    @property
    def side(self) -> int:
        """px, of a side."""
        return int(self.size_box.currentData())

    def preprocess(self) -> Preprocess:
        """What becomes of an image."""
        channels = 3 if self.colour.isChecked() else 1
        return Preprocess((self.side, self.side, channels), pad=self.pad.isChecked())
