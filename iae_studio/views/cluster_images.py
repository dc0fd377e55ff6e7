"""The images that fall into a category: its most typical, and those that it is least sure of."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, row, tool
from iae_studio.widgets.picture_strip import PictureStrip, Shown
from iae_studio.widgets.plain import PlainLabel
from trainer.exploring.questions.clusters import Member, SortedImages


class ClusterImages(QWidget):
    """Two strips, `typicalImages` and `doubtfulImages`; a click on an image takes it."""

    taken = Signal(object)  # a Member
    told = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel()
        self._title.setProperty("heading", True)
        self._title.setProperty("role", "content")
        self._none = caption("No image falls into this category.")
        self._members: dict[PictureStrip, tuple[Member, ...]] = {}
        halves = QHBoxLayout()
        halves.setSpacing(2 * theme.GAP)
        for name, words in (("typicalImages", "most typical"), ("doubtfulImages", "most doubtful")):
            halves.addLayout(self._half(name, words), 1)
        close = tool("", "close", "Close", self.closed.emit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.PAD, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addLayout(row(self._title, None, close))
        layout.addWidget(self._none)
        layout.addLayout(halves)

    def _half(self, name: str, words: str) -> QVBoxLayout:
        strip = PictureStrip()
        strip.setObjectName(name)
        strip.setAccessibleName(f"The {words} images of the category")
        strip.setToolTip("Click one to see it in the grid")
        strip.chosen.connect(lambda index: self.taken.emit(self._members[strip][index]))
        strip.hovered.connect(lambda index: self._hovered(strip, index))
        self._members[strip] = ()
        half = QVBoxLayout()
        half.setSpacing(theme.GRID)
        half.addWidget(caption(words))
        half.addWidget(strip)
        return half

    def show_category(self, found: SortedImages, category: int) -> None:
        """What falls into it, by the newest weights."""
        self._title.setText(about_category(found, category))
        self._none.setVisible(not found.counts[category])
        known = found.categories[category]
        for strip, members in zip(self._members, (known.typical, known.doubtful), strict=True):
            self._members[strip] = members
            strip.setPictures([_shown(member) for member in members])

    def _hovered(self, strip: PictureStrip, index: int) -> None:
        if 0 <= index < len(self._members[strip]):
            member = self._members[strip][index]
            self.told.emit(f"{member.name} · {percent(member.probability)}")
        else:
            self.told.emit("")


def _shown(member: Member) -> Shown:
    return Shown(member.picture, (percent(member.probability), member.label))


def percent(share: float) -> str:
    """A probability in digits; what is nearly sure is not called sure."""
    if share >= 0.995 and share < 0.99995:
        return f"{share:.2%}"
    return f"{share:.0%}" if share >= 0.095 or not share else f"{share:.1%}"


def about_category(found: SortedImages, category: int) -> str:
    """A category's number, its size, and what most of it are."""
    words = f"cluster {category + 1} · {percent(float(found.shares[category]))} of {found.total:,}"
    words += f" {found.what}"
    most = found.majority(category)
    return words if most is None else f"{words} · {percent(most[1])} are {most[0]}"
