"""Every category drawn with the same few noise vectors: columns are categories, rows noises.

A category's head has its number, and a bar as long as its share of the images. It can be chosen.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from iae_studio.widgets.cluster_page import FIRST, ClusterPage, Shares
from iae_studio.widgets.cluster_places import NOWHERE
from iae_studio.widgets.grid_keys import MOVES
from iae_studio.widgets.sheet import Pixels
from iae_studio.widgets.spoken import describe, part_of

_MARGIN = 4  # px around what the keys are at


class ClusterGrid(QScrollArea):
    """The page, as wide as there is room, scrolled up and down where it is taller.

    The arrow keys go from tile to tile, and from the first row to the heads above it.
    """

    hovered = Signal(int, int)  # noise, category; of a head noise -1; -1, -1: none
    activated = Signal(int, int)
    chosen = Signal(int)  # a category, by its head or the arrow keys

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = ClusterPage()
        self._page.hovered.connect(self.hovered)
        self._page.activated.connect(self.activated)
        self._page.chosen.connect(self.chosen)
        self._page.pressed.connect(self._go_to)
        self.setWidget(self._page)

    def setTiles(self, tiles: Pixels) -> None:
        """uint8 [noises, categories, H, W, C]."""
        same = tiles.shape == self._page.tiles.shape
        self._page.tiles = tiles
        if same:
            self._page.update()
        else:
            self._page.hover = NOWHERE
            self._page.fit()
            row, category = self._page.current
            known = row < tiles.shape[0] and category < tiles.shape[1]
            self._go_to(*(self._page.current if known else FIRST))

    def tiles(self) -> Pixels:
        return self._page.tiles

    def setSizes(self, shares: Shares) -> None:
        """The share of each category [K]; [0] while they are unknown."""
        self._page.sizes = shares
        self._page.update()

    def sizes(self) -> Shares:
        return self._page.sizes

    def setPicked(self, category: int) -> None:
        """Mark a category's head; -1 marks none."""
        self._page.picked = category
        if category >= 0 and self._page.current[0] < 0:
            self._go_to(-1, category)  # the keys go on from the head that is marked
        self._page.update()

    def tileRect(self, row: int, category: int) -> QRect:
        """Where a tile is, in the page's coordinates; row -1 is the category's head."""
        places = self._page.places()
        if places is None:
            return QRect()
        part, ratio = places.part(row, category), places.ratio
        sides = (part.x(), part.y(), part.width(), part.height())
        return QRect(*(round(side / ratio) for side in sides))

    def headRect(self, category: int) -> QRect:
        """Where a category's head is, in the page's coordinates."""
        return self.tileRect(-1, category)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, places = Qt.Key(event.key()), self._page.places()
        row, category = self._page.current
        if places is None:
            super().keyPressEvent(event)
        elif key in MOVES:
            beside = places.beside(row, category, *MOVES[key])
            self._go_to(*beside)
            self._reveal()
            self.hovered.emit(*beside)
            along = row == beside[0] == -1 and beside[1] != category
            if along and beside[1] != self._page.picked:  # once more would close its images
                self.chosen.emit(beside[1])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row < 0:
            self.chosen.emit(category)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(row, category)
        else:
            super().keyPressEvent(event)

    def _go_to(self, row: int, category: int) -> None:
        """The keys are at this tile from now on, or at this head."""
        self._page.current = row, category
        self._page.update()
        rows, count = self._page.tiles.shape[:2]
        part = f"noise n{row + 1}" if row >= 0 else "its head"
        describe(self, part_of(category, count if rows else 0, "cluster", part))

    def _reveal(self) -> None:
        part = self.tileRect(*self._page.current)
        centre = part.center()
        margins = part.width() // 2 + _MARGIN, part.height() // 2 + _MARGIN
        self.ensureVisible(centre.x(), centre.y(), *margins)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_focus()

    def _show_focus(self) -> None:
        self._page.focused = self.hasFocus()
        self._page.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The scroll bar's width is always spared, lest it come and go with the tiles' size.
        self._page.room = QSize(self.width() - 12, self.height())
        self._page.fit()
