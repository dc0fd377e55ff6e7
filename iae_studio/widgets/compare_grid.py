"""Inputs, and beside them what each of several models makes of them, in groups of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from iae_studio.style import theme
from iae_studio.widgets.elided_label import WrappedLabel
from iae_studio.widgets.grid_layout import SEEN
from iae_studio.widgets.image_grid import ImageGrid
from iae_studio.widgets.sheet import Pixels

APART = 24  # px between two groups
NARROW = 140  # px: what the head of a group of few columns needs at the least
TILE = 58  # px that a column takes at its smallest comfort
_ZOOMS = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Minus: -1}


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a group: its head, the colour of that, and a picture [H, W, C] a row.

    draw: which of the noises it is drawn with; -1 where no noise makes it.
    """

    head: str
    role: str
    pictures: Pixels | None
    draw: int = -1


@dataclass(frozen=True, eq=False)
class Group:
    """What one model makes of the inputs; or a note in its place."""

    columns: tuple[Column, ...]
    note: str = ""


class CompareGrid(ImageGrid):
    """A row for each input. Each group of columns has a head of its own, which scrolls along."""

    laidOut = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self._heads: list[QWidget] = []  # the base class lays out while it is made
        self._notes: list[WrappedLabel] = []
        self._groups: tuple[Group, ...] = ()
        self._seen: Pixels = np.zeros((0, 28, 28, 1), np.uint8)
        self._names: tuple[str, ...] = ()
        super().__init__(parent)
        self._ground = QWidget(self)  # below the heads
        self._ground.setProperty("panel", True)
        self._ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme.notifier().changed.connect(self._show)

    def setHeads(self, heads: Sequence[QWidget]) -> None:
        """What stands above each group, children of this; the former ones go."""
        for old in (*self._heads, *self._notes):
            old.hide()
            old.deleteLater()
        self._heads = list(heads)
        self._notes = []
        for head in self._heads:
            note = WrappedLabel(parent=self.viewport())
            note.setProperty("caption", True)
            note.setProperty("panel", True)
            note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            note.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._notes.append(note)
            head.show()
        self._ground.lower()
        self._make_room()
        self._place_heads()

    def _make_room(self) -> None:
        """Above the pictures, for the highest of the heads."""
        high = max((head.sizeHint().height() for head in self._heads), default=0)
        if high != self.viewportMargins().top():
            self.setViewportMargins(0, high, 0, 0)

    def columns(self) -> tuple[Column, ...]:
        """All columns of all groups, from left to right."""
        return tuple(column for group in self._groups for column in group.columns)

    def setGroups(self, seen: Pixels, groups: Sequence[Group], names: Sequence[str]) -> None:
        """Show these pictures; tiles of other sizes are enlarged by whole factors."""
        self._seen, self._groups, self._names = seen, tuple(groups), tuple(names)
        self._show()

    def _show(self) -> None:
        columns = self.columns()
        self._look.roles = tuple(column.role for column in columns)
        self._look.apart = self._gaps()
        every: list[Pixels] = [self._seen, *(c.pictures for c in columns if c.pictures is not None)]
        side = tuple(max(int(part.shape[axis]) for part in every) for axis in (1, 2))
        ground = _rgb("panel")
        blank = np.zeros((len(self._seen), *side, 1), np.uint8)
        tiles = [
            blank if c.pictures is None else enlarged(c.pictures, side, ground) for c in columns
        ]
        most = max((tile.shape[3] for tile in tiles), default=1)
        same = [np.broadcast_to(tile, (*tile.shape[:3], most)) for tile in tiles]
        heads = [column.head for column in columns]
        whole = np.stack(same, 1) if same else None
        seen = enlarged(self._seen, side, ground)
        self.setSheet(seen, whole, heads, self._names)
        missing = (place for place, c in enumerate(columns) if c.pictures is None)
        self._sheet.missing = frozenset(missing)
        self._place_heads()

    def _gaps(self) -> tuple[int, ...]:
        """Room between the groups, and more where the one before has few columns."""
        gaps: list[int] = []
        before = 0
        for group in self._groups:
            lacks = max(NARROW - TILE * before, 0) if before else 0
            gaps += [APART + lacks, *[0] * (len(group.columns) - 1)] if group.columns else []
            before = len(group.columns)
        return tuple(gaps)

    def place(self, column: int) -> tuple[int, int]:
        """The group of a column and its place there; (-1, -1) for what is seen."""
        for number, group in enumerate(self._groups):
            if 0 <= column < len(group.columns):
                return number, column
            column -= len(group.columns)
        return -1, -1

    def column(self, group: int, place: int) -> int:
        """The inverse of `place`."""
        return sum(len(each.columns) for each in self._groups[:group]) + place

    def draw(self, column: int) -> int:
        """Which of the noises a column is drawn with; -1 for what no noise makes."""
        group, place = self.place(column)
        return -1 if group < 0 else self._groups[group].columns[place].draw

    # ---- the heads ---------------------------------------------------------------------------

    def _relayout(self) -> None:
        super()._relayout()
        self._place_heads()

    def _scrolled(self) -> None:
        super()._scrolled()
        self._place_heads()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.laidOut.emit()

    def _place_heads(self) -> None:
        """Each head above its group, as wide as the room up to the next one."""
        if not self._groups or len(self._groups) != len(self._heads):
            return
        self._make_room()  # the text may have another size by now
        self._ground.setGeometry(0, 0, self.width(), self.viewport().y())
        starts = [self.tileRect(0, self.column(k, 0)).left() for k in range(len(self._groups))]
        ends = [start - APART // 2 for start in starts[1:]] + [self.viewport().width()]
        pinned = self.tileRect(0, SEEN).right()
        top = self.viewport().y()
        for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
            head, note, group = self._heads[number], self._notes[number], self._groups[number]
            high = head.sizeHint().height()
            head.setGeometry(start + self.viewport().x(), top - high, max(end - start, 0), high)
            head.setVisible(start > pinned and end > start)
            first = self.tileRect(0, self.column(number, 0))
            last = self.tileRect(
                max(self._sheet.rows - 1, 0), self.column(number, max(len(group.columns) - 1, 0))
            )
            note.setText(group.note)
            note.setGeometry(QRect(first.topLeft(), last.bottomRight()))
            note.setVisible(bool(group.note) and start > pinned)

    # ---- hands -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if plain and key in _ZOOMS:
            self.setZoom(self.zoom() + _ZOOMS[key])
        elif plain and key == Qt.Key.Key_Z:
            self.setZoom(0)
        else:
            super().keyPressEvent(event)


def enlarged(
    pictures: Pixels, side: tuple[int, ...], ground: tuple[int, ...] = (0, 0, 0)
) -> Pixels:
    """Pictures [N, H, W, C] by whole factors, in the middle of `side` [height, width]."""
    count, height, width = pictures.shape[:3]
    if (height, width) == side:
        return pictures
    factor = max(min(side[0] // height, side[1] // width), 1)
    large = pictures.repeat(factor, 1).repeat(factor, 2)
    made = np.empty((count, *side, 3), np.uint8)
    made[:] = np.array(ground, np.uint8)
    top, left = (side[0] - large.shape[1]) // 2, (side[1] - large.shape[2]) // 2
    made[:, top : top + large.shape[1], left : left + large.shape[2]] = large
    return made


def _rgb(role: str) -> tuple[int, int, int]:
    colour = theme.colour(role)
    return colour.red(), colour.green(), colour.blue()
