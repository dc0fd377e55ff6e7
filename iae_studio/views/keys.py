"""All keys and gestures by subject (F1), read off the window's own actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QFont
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from iae_studio.style import theme
from iae_studio.views.actions import by_subject, key_of, words
from iae_studio.views.building_blocks import caption, column
from iae_studio.views.gestures import GESTURES
from iae_studio.widgets.plain import plain

SIZE = QSize(680, 640)  # px, at first


class KeysDialog(QDialog):
    """`keysDialog`: what each key and gesture does; a field above finds one."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keysDialog")
        self.setWindowTitle("Keys and gestures")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setSizeGripEnabled(True)
        self.search = QLineEdit()
        self.search.setObjectName("keysSearch")
        self.search.setPlaceholderText("Find a key, or what it does")
        self.search.setAccessibleName("Find a key, or what it does")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self.list = _list()
        self._fill(actions)
        theme.follow(self, self._dress)
        layout = column(self, pad=theme.PAD, gap=theme.GAP)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(caption("Ctrl+K does any of these by its name."))
        room = self.screen().availableSize()
        self.resize(QSize(theme.px(SIZE.width()), theme.px(SIZE.height())).boundedTo(room))

    def _fill(self, actions: Iterable[QAction]) -> None:
        groups = by_subject(actions)
        for subject in (*groups, *(name for name in GESTURES if name not in groups)):
            head = QTreeWidgetItem([subject.upper()])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.list.addTopLevelItem(head)
            head.setFirstColumnSpanned(True)
            for action in groups.get(subject, ()):
                head.addChild(self._item(key_of(action), words(action), action.statusTip()))
            for gesture, does in GESTURES.get(subject, ()):
                head.addChild(self._item(gesture, does, ""))
            head.setExpanded(True)

    def _item(self, keys: str, does: str, tip: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([keys, does])
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, plain(f"{keys}, {does}"))
        for place in (0, 1):
            item.setToolTip(place, plain(tip))
        return item

    def _groups(self) -> Iterator[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]]:
        """Each heading, with the lines below it."""
        for place in range(self.list.topLevelItemCount()):
            head = self.list.topLevelItem(place)
            assert head is not None  # there are so many
            yield head, list(filter(None, map(head.child, range(head.childCount()))))

    def _dress(self) -> None:
        """Colours and fonts are the items' own."""
        small = theme.sized(self.font(), theme.CAPTION)
        strong = theme.sized(self.font(), theme.TEXT, QFont.Weight.DemiBold)
        for head, lines in self._groups():
            head.setForeground(0, theme.colour("muted"))
            head.setFont(0, small)
            for line in lines:
                line.setFont(0, strong)

    def _find(self) -> None:
        """Only those lines that hold every word typed."""
        typed = self.search.text().casefold().split()
        for head, lines in self._groups():
            any_shown = False
            for line in lines:
                told = f"{head.text(0)} {line.text(0)} {line.text(1)}".casefold()
                hidden = not all(word in told for word in typed)
                line.setHidden(hidden)
                any_shown |= not hidden
            head.setHidden(not any_shown)


def _list() -> QTreeWidget:
    made = QTreeWidget()
    made.setObjectName("keysList")
    made.setAccessibleName("Keys and gestures by subject")
    made.setColumnCount(2)
    made.setHeaderHidden(True)
    made.setRootIsDecorated(False)
    made.setItemsExpandable(False)
    made.setIndentation(0)
    made.setWordWrap(True)
    made.header().setStretchLastSection(True)
    made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    return made
