"""The palette (Ctrl+K): every action and experiment of the window, found by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from iae_studio.style import theme
from iae_studio.views.building_blocks import caption, column
from iae_studio.views.keyboard import give_back
from iae_studio.views.matching import fits
from iae_studio.widgets.plain import plain

ENTRY = Qt.ItemDataRole.UserRole
WIDTH, ROW, ROWS = 560, 30, 11  # px, and rows to be seen at once
SUBJECT = 104  # px of the subject before the words
RECENT = 5  # of what was done last come first
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


@dataclass(frozen=True)
class Entry:
    """Something to do: its subject, its words, its key, and other words that find it."""

    subject: str
    words: str
    key: str
    do: Callable[[], object]
    also: str = ""
    rank: int = 0  # of two that fit alike, the lower comes first

    @property
    def name(self) -> str:
        return f"{self.subject} {self.words}"


class Palette(QFrame):
    """`commandPalette`: a field to type in, and what fits below it. Enter does it."""

    def __init__(self, entries: Callable[[], Iterable[Entry]], parent: QWidget) -> None:
        """`entries` tells, at each opening, what there is to do."""
        super().__init__(parent)
        self._around = parent
        self.setObjectName("commandPalette")
        self.setAccessibleName("Find an action")
        self.setProperty("floating", True)
        self._all, self._entries, self._recent = entries, list[Entry](), list[str]()
        self._before: QWidget | None = None  # had the keyboard
        self.search = QLineEdit()
        self.search.setObjectName("paletteSearch")
        self.search.setPlaceholderText("What do you want to do? Try “resample”, or “shoes”")
        self.search.setAccessibleName("What do you want to do?")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setObjectName("paletteList")
        self.list.setAccessibleName("What fits")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setItemDelegate(_Row(self.list))
        self.list.itemClicked.connect(self._run)
        self._none = caption("Nothing fits. Try fewer letters, or press Escape.")
        layout = column(self, pad=theme.GAP, gap=theme.GAP)
        layout.addWidget(self.search)
        layout.addWidget(self._none)
        layout.addWidget(self.list, 1)
        parent.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        """Open it, or close it again."""
        if self.isVisible():
            self.leave()
        else:
            self.open()

    def open(self) -> None:
        """Show what there is to do now, with the keyboard in the field."""
        self._entries = list(self._all())
        self._before = QApplication.focusWidget()
        self.search.clear()
        self._find()
        self._place()
        self.show()
        self.raise_()
        self.search.setFocus()

    def leave(self) -> None:
        """Close, and give the keyboard back."""
        before, self._before = self._before, None
        self.hide()
        give_back(before)

    def shown(self) -> list[str]:
        """The words in the list, from its top."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return [str(item.data(ENTRY).words) for item in items]

    # ---- what fits ---------------------------------------------------------------------------

    def _find(self) -> None:
        typed = self.search.text().strip()
        found = self._fitting(typed) if typed else self._by_subject()
        self.list.clear()
        for entry in found:
            item = QListWidgetItem()
            item.setData(ENTRY, entry)
            told = ", ".join(filter(None, (entry.words, entry.subject, entry.key)))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, plain(told))
            self.list.addItem(item)
        self._none.setVisible(not found)
        self.list.setVisible(bool(found))
        self.list.setCurrentRow(0)
        self._place()

    def _fitting(self, typed: str) -> list[Entry]:
        """The best first; of those that fit alike, what was done last."""
        ranked = []
        for place, entry in enumerate(self._entries):
            points = fits(typed, entry.words, f"{entry.name} {entry.also}")
            if points is not None:
                ranked.append((-points, self._age(entry), entry.rank, place, entry))
        return [entry for *_, entry in sorted(ranked, key=lambda each: each[:4])]

    def _by_subject(self) -> list[Entry]:
        last = sorted(self._entries, key=self._age)
        recent = [entry for entry in last if self._age(entry) < RECENT]
        return recent + [entry for entry in self._entries if entry not in recent]

    def _age(self, entry: Entry) -> int:
        known = entry.name in self._recent
        return self._recent.index(entry.name) if known else len(self._recent) + RECENT

    # ---- hands -------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field's arrows move in the list; the palette stays in the middle of the window."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.search and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._pressed(Qt.Key(event.key()))
        if watched is self.search and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self._before = None  # the keyboard went elsewhere by itself
            self.hide()
        return bool(super().eventFilter(watched, event))

    def _pressed(self, key: Qt.Key) -> bool:
        if key in _MOVES:
            row = self.list.currentRow() + _MOVES[key]
            self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.leave()
        else:
            return False
        return True

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        entry = item.data(ENTRY)
        self._recent = [entry.name, *(name for name in self._recent if name != entry.name)]
        self.leave()
        entry.do()

    def _place(self) -> None:
        """Near the top of the window, in its middle, as tall as what fits."""
        around = self._around
        wide = min(theme.px(WIDTH), around.width() - 4 * theme.GAP)
        rows = min(max(self.list.count(), 1), ROWS)
        field = self.search.sizeHint().height()
        tall = min(field + rows * theme.px(ROW) + 3 * theme.GAP + 6, around.height() - 64)
        self.setGeometry((around.width() - wide) // 2, min(72, around.height() // 10), wide, tall)


class _Row(QStyledItemDelegate):
    """The subject, quiet; the words; the key at the right."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(100, theme.px(ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry, box = index.data(ENTRY), QRect(option.rect)
        painter.save()
        on = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if on or over:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent" if on else "text", 0.2 if on else 0.06))
            painter.drawRoundedRect(box, theme.GRID, theme.GRID)
        box.adjust(theme.GAP, 0, -theme.GAP, 0)
        font = option.font
        small = theme.sized(font, theme.CAPTION)
        painter.setFont(small)
        painter.setPen(theme.colour("muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, entry.key)
        key = QFontMetrics(small).horizontalAdvance(entry.key) + 2 * theme.GAP
        left = QRect(box.left(), box.top(), theme.px(SUBJECT) - theme.GAP, box.height())
        painter.drawText(left, middle, _elided(small, entry.subject, left.width()))
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        box.adjust(theme.px(SUBJECT), 0, -key, 0)
        painter.drawText(box, middle, _elided(font, entry.words, box.width()))
        painter.restore()


def _elided(font: QFont, text: str, width: int) -> str:
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
