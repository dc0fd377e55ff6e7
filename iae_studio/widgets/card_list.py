"""A list of cards, a few lines each: an icon, a title, what stands below it; in thousands."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QListView, QWidget

from iae_studio.widgets.card import Card
from iae_studio.widgets.card_painter import CARD, CardPainter
from iae_studio.widgets.elided_label import in_lines
from iae_studio.widgets.plain import plain

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CardModel(QAbstractListModel):
    """Cards by their keys; what changes is told row by row where the keys stay."""

    renamed = Signal(object, str)  # key, title

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.keys: tuple[Hashable, ...] = ()
        self.cards: tuple[Card, ...] = ()
        self.editable = False

    def show(self, cards: Sequence[tuple[Hashable, Card]]) -> bool:
        """Show these; whether they are others, or in another order."""
        keys, shown = tuple(key for key, _ in cards), tuple(card for _, card in cards)
        if keys != self.keys:
            self.beginResetModel()
            self.keys, self.cards = keys, shown
            self.endResetModel()
            return True
        before, self.cards = self.cards, shown
        for row, (old, new) in enumerate(zip(before, shown, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(row), self.index(row))
        return False

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cards)

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsEditable if self.editable else found

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.cards):
            return None
        card = self.cards[index.row()]
        if role == CARD:
            return card
        if role == Role.EditRole:
            return card.title
        if role == Role.DisplayRole:
            return plain(card.title)
        if role == Role.ToolTipRole:
            return in_lines(card.told())
        if role == Role.AccessibleTextRole:
            return plain(card.told().replace("\n", ", "))
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if role != Role.EditRole or not 0 <= index.row() < len(self.keys):
            return False
        if value != self.cards[index.row()].title:
            self.renamed.emit(self.keys[index.row()], str(value))
        return True


class CardList(QListView):
    """Cards below each other. Enter and a double click open one; Delete and Alt+arrows are told."""

    opened = Signal(object)  # key
    nowWanted = Signal(object)  # Ctrl+Enter
    deleteWanted = Signal(object)
    moveWanted = Signal(object, int)  # by so many places
    currentMoved = Signal()

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.cards = CardModel(self)
        self._newest: tuple[tuple[Hashable, Card], ...] = ()  # what is to be shown
        self.setModel(self.cards)
        self.setItemDelegate(CardPainter(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setMouseTracking(True)  # for the card that is pointed at
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self.selectionModel().currentChanged.connect(lambda *_: self.currentMoved.emit())

    def show_cards(self, cards: Iterable[tuple[Hashable, Card]]) -> None:
        """Show these; the current one stays current, or the one that takes its place.

        While a title is typed another order waits: it would end the typing.
        """
        self._newest = tuple(cards)
        keys = tuple(key for key, _ in self._newest)
        if self.state() == self.State.EditingState and keys != self.cards.keys:
            return
        key, row = self.current(), self.currentIndex().row()
        others = self.cards.show(self._newest)
        if others and self.cards.keys and row >= 0 and not self.choose(key):
            self._choose_row(min(row, len(self.cards.keys) - 1))
        self.currentMoved.emit()

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        self.show_cards(self._newest)

    def current(self) -> Any:
        """The key of the current card; None where there is none."""
        row = self.currentIndex().row()
        return self.cards.keys[row] if 0 <= row < len(self.cards.keys) else None

    def choose(self, key: Hashable) -> bool:
        """Make the card of this key current; False where there is none."""
        if key not in self.cards.keys:
            return False
        self._choose_row(self.cards.keys.index(key))
        return True

    def _choose_row(self, row: int) -> None:
        self.setCurrentIndex(self.cards.index(row))

    def _open(self, row: int) -> None:
        if 0 <= row < len(self.cards.keys):
            self.opened.emit(self.cards.keys[row])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, pressed, held = self.current(), event.key(), event.modifiers()
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if key is not None and pressed in ENTER:
            now = held & Qt.KeyboardModifier.ControlModifier
            (self.nowWanted if now else self.opened).emit(key)
        elif key is not None and pressed == Qt.Key.Key_Delete:
            self.deleteWanted.emit(key)
        elif key is not None and pressed in steps and held & Qt.KeyboardModifier.AltModifier:
            self.moveWanted.emit(key, steps[Qt.Key(pressed)])
        else:
            super().keyPressEvent(event)
