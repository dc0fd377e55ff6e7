"""The trash of runs: what lies in it, and the way back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from iae_studio.state.run_shelf import RunShelf
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, caption, column, row
from iae_studio.views.run_words import size_words, trashed_card
from iae_studio.widgets.card_list import CardList


class RunTrash(QWidget):
    """The list `trashList`; its `opener` stands below the runs."""

    closed = Signal()

    def __init__(self, shelf: RunShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self._shelf = shelf
        self.opener = button("Trash", "trash", "What was thrown away", lambda: None, "trashButton")
        self.opener.setProperty("flat", True)
        back = button("Runs", "chevron-left", "Back to the runs", self.closed.emit, "trashBack")
        self.list = CardList("trashList", "Runs in the trash")
        words = caption("Runs that were thrown away. They take room until the trash is emptied.")
        self._put_back = button(
            "Put back", "reset", "Among the runs again", self._restore, "putBackButton"
        )
        self._empty = button(
            "Empty", "close", "Remove them for ever; asks once", shelf.ask_to_empty, "emptyButton"
        )
        layout = column(self)
        layout.addLayout(row(back, None))
        layout.addWidget(words)
        layout.addWidget(self.list, 1)
        layout.addLayout(row(self._put_back, None, self._empty))
        shelf.changed.connect(self._show)
        self.list.currentMoved.connect(self._enable)
        self.list.opened.connect(shelf.put_back)
        theme.notifier().changed.connect(self.list.viewport().update)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """The newest is at hand."""
        super().showEvent(event)
        if self.list.current() is None and self._shelf.trash:
            self.list.choose(next(iter(self._shelf.trash)))
        self.list.setFocus()

    def _show(self) -> None:
        trash = self._shelf.trash
        self.list.show_cards((each, trashed_card(each, told)) for each, told in trash.items())
        size = size_words(sum(told.size for told in trash.values()))
        self.opener.setText(f"Trash: {len(trash)}, {size}")
        self.opener.setVisible(bool(trash))
        self._empty.setText(f"Empty ({size})")
        if not trash:
            self.closed.emit()

    def _enable(self) -> None:
        self._put_back.setEnabled(self.list.current() is not None)
        self._empty.setEnabled(bool(self._shelf.trash))

    def _restore(self) -> None:
        trashed = self.list.current()
        if trashed is not None:
            self._shelf.put_back(trashed)
