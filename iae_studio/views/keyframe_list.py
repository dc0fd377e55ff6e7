"""The keyframes of a film: in their order, which a drag changes."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from iae_studio.style import theme
from iae_studio.views.building_blocks import button, column, row, tool
from iae_studio.views.film_story import Marked
from iae_studio.widgets.plain import plain
from iae_studio.widgets.sheet import to_image

SIDE = 40  # px, of a thumbnail
_KEY = Qt.ItemDataRole.UserRole


class _List(QListWidget):
    """Delete takes away what is chosen."""

    removeWanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removeWanted.emit()
        else:
            super().keyPressEvent(event)


class KeyframeList(QWidget):
    """`keyframeList` with its buttons."""

    addWanted = Signal()
    bookmarksWanted = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A drag writes down what the items hold: not the weights of a model.
        self._marked: dict[int, Marked] = {}
        self._keys = count()
        self.list = _List()
        self.list.setObjectName("keyframeList")
        self.list.setAccessibleName("Keyframes, in their order")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        theme.follow(self, self._size)
        self.list.model().rowsMoved.connect(lambda *_: self.changed.emit())
        self.list.removeWanted.connect(self.remove)
        self.list.currentRowChanged.connect(lambda _: self._enable())
        tip = (
            "As a keyframe: the tile that is selected in the window, and its grid, as they are now"
        )
        self._add = button("Add this", "plus", tip, self.addWanted.emit)
        self._add.setObjectName("addKeyframe")
        tip = "All bookmarks of this model, in their order"
        self.bookmarks = button("Bookmarks", "plus", tip, self.bookmarksWanted.emit)
        self.bookmarks.setObjectName("bookmarkKeyframes")
        self._earlier = tool("", "chevron-up", "Earlier", lambda: self._move(-1))
        self._earlier.setObjectName("earlierKeyframe")
        self._later = tool("", "chevron-down", "Later", lambda: self._move(1))
        self._later.setObjectName("laterKeyframe")
        self._remove = tool("", "trash", "Take it away (Delete)", self.remove)
        self._remove.setObjectName("removeKeyframe")
        layout = column(self, pad=0)
        layout.addWidget(self.list, 1)
        layout.addLayout(
            row(self._add, self.bookmarks, None, self._earlier, self._later, self._remove)
        )
        self._enable()

    def _size(self) -> None:
        self.list.setIconSize(QSize(theme.px(SIDE), theme.px(SIDE)))
        self.list.setMinimumHeight(theme.px(3 * SIDE))
        for place, marked in enumerate(self.marked()):
            self.list.item(place).setIcon(_icon(marked))

    def marked(self) -> list[Marked]:
        """All of them, in their order."""
        return [self._marked[self.list.item(k).data(_KEY)] for k in range(self.list.count())]

    def add(self, marked: Marked) -> None:
        """One more, at the end."""
        item = QListWidgetItem(_icon(marked), marked.name)
        item.setToolTip(plain(marked.name))
        key = next(self._keys)
        self._marked[key] = marked
        item.setData(_KEY, key)
        self.list.addItem(item)
        self.list.setCurrentItem(item)
        self.changed.emit()

    def remove(self) -> None:
        """Take away the chosen one."""
        if self.list.currentRow() >= 0:
            item = self.list.takeItem(self.list.currentRow())
            del self._marked[item.data(_KEY)]
            self._enable()
            self.changed.emit()

    def _move(self, places: int) -> None:
        at = self.list.currentRow()
        if 0 <= at + places < self.list.count():
            item = self.list.takeItem(at)
            self.list.insertItem(at + places, item)
            self.list.setCurrentItem(item)
            self.changed.emit()

    def _enable(self) -> None:
        at, last = self.list.currentRow(), self.list.count() - 1
        self._earlier.setEnabled(at > 0)
        self._later.setEnabled(0 <= at < last)
        self._remove.setEnabled(at >= 0)


def _icon(marked: Marked) -> QIcon:
    """Its thumbnail, pixel by pixel."""
    picture = QPixmap.fromImage(to_image(marked.thumbnail))
    side, how = theme.px(SIDE), Qt.TransformationMode.FastTransformation
    return QIcon(picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, how))
