"""The runs at a glance: search, order, names, notes; what can be done with each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from iae_studio.state.model_files import Run
from iae_studio.state.run_list import SORTS
from iae_studio.state.run_shelf import RunShelf
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, caption, column, row, tool
from iae_studio.views.help import help_mark
from iae_studio.views.run_trash import RunTrash
from iae_studio.views.run_words import card_of, damaged_card
from iae_studio.widgets.boxes import ChoiceBox
from iae_studio.widgets.card import Card
from iae_studio.widgets.card_list import CardList
from trainer.storage.run_notes import MOST_NOTE

NONE_YET = "Every training becomes a run, and is listed here. Press Train (T) to begin one."
NONE_FOUND = "No run has all these words. Search for names, notes, or an option: seed=3."


class RunsView(QWidget):
    """The list `runList` below a field to search; the trash lies behind it."""

    def __init__(self, state: StudioState, shelf: RunShelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self._state, self._shelf = state, shelf
        self._runs: dict[Path, Run] = {}
        self._noted: Path | None = None  # whose note stands in the field
        self.list = CardList("runList", "The runs of this computer")
        self.list.cards.editable = True
        self.setFocusProxy(self.list)
        self._words = caption(most=4)
        self._words.setObjectName("runWords")
        self.trash = RunTrash(shelf)
        self._pages = QStackedWidget()
        self._make_fields()
        self._make_tools()
        self._lay_out()
        self._connect()

    def _make_fields(self) -> None:
        self.search = QLineEdit()
        self.search.setObjectName("runSearch")
        self.search.setPlaceholderText("Search, or seed=3")
        self.search.setAccessibleName("Search the runs")
        self.search.setToolTip("Names, notes, experiments, or an option: seed=3 (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(200)
        self._sort = ChoiceBox()
        self._sort.setObjectName("runSort")
        self._sort.setAccessibleName("The order of the runs")
        self._sort.view().setAccessibleName("Orders")
        for by, title in SORTS.items():
            self._sort.addItem(title, by)
        self._note = QLineEdit()
        self._note.setObjectName("runNote")
        self._note.setPlaceholderText("A note on this run")
        self._note.setAccessibleName("A note on this run")
        self._note.setMaxLength(MOST_NOTE)

    def _make_tools(self) -> None:
        self._go_on = button("Go on", "play", "Train it further", self._train, "runGoOnButton")
        tip = "The same experiment with other options (Ctrl+Alt+D)"
        begin = self._state.training.start
        self._begin = button("Train", "play", "Train what is shown (T)", begin, "runBeginButton")
        self._again = button("Duplicate…", "plus", tip, self.duplicate, "runDuplicateButton")
        self._name = tool("", "pencil", "Rename the run (F2)", self._rename)
        self._folder = tool("", "folder", "Open its folder", self._open_folder)
        self._away = tool("", "trash", "To the trash (Delete)", self._throw_away)
        names = {"Rename": self._name, "Folder": self._folder, "Trash": self._away}
        for name, made in names.items():
            made.setObjectName(f"run{name}Button")

    def _lay_out(self) -> None:
        page = QWidget()
        layout = column(page)
        head = row(self.search, self._sort, help_mark("runs"))
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addWidget(self._words)
        layout.addLayout(row(self._begin, None))
        layout.addWidget(self.list, 1)
        layout.addLayout(row(self._note, self._name, gap=theme.GRID))
        tools = row(self._go_on, self._again, None, self._folder, self._away)
        tools.setSpacing(theme.GRID)
        layout.addLayout(tools)
        layout.addLayout(row(self.trash.opener, None))
        self._pages.addWidget(page)
        self._pages.addWidget(self.trash)
        whole = column(self, pad=0)
        whole.addWidget(self._pages)

    def _connect(self) -> None:
        shelf = self._shelf
        shelf.changed.connect(self._show)
        self._state.training.stateChanged.connect(lambda _: self._show())
        self.search.textChanged.connect(shelf.search)
        self._sort.currentIndexChanged.connect(lambda _: shelf.sort(self._sort.currentData()))
        self._note.editingFinished.connect(self._keep_note)
        self.list.currentMoved.connect(self._show_current)
        self.list.opened.connect(self._display)
        self.list.deleteWanted.connect(shelf.throw_away)
        self.list.cards.renamed.connect(self._renamed)
        self.trash.opener.clicked.connect(lambda: self._pages.setCurrentIndex(1))
        self.trash.closed.connect(lambda: self._pages.setCurrentIndex(0))
        theme.notifier().changed.connect(self.list.viewport().update)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()
        self._shelf.look(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._keep_note()
        self._shelf.look(False)

    # ---- what is shown -----------------------------------------------------------------------

    def _show(self) -> None:
        shelf, sizes = self._shelf, self._shelf.sizes
        if not self.isVisible():  # hundreds of cards that nobody sees
            return
        self._runs = {run.path: run for run in shelf.runs}
        names = {run.path.name: run.title for run in self._state.library.runs}
        cards: list[tuple[Path, Card]] = []
        for path, run in self._runs.items():
            parent = names.get(run.parent.run, "") if run.parent is not None else ""
            cards.append((path, card_of(run, sizes.get(path), shelf.trains(path), parent)))
        for path, why in shelf.damaged.items():
            cards.append((path, damaged_card(path.name, why, sizes.get(path))))
        self.list.show_cards(cards)
        self.list.setEnabled(bool(cards))  # an empty frame that has the focus says nothing
        self._words.setVisible(not cards)
        searches = bool(shelf.text.strip())
        self._words.setText(NONE_FOUND if searches else NONE_YET)
        rests = not self._state.training.busy and self._state.training.state is not State.STARTING
        self._begin.setVisible(rests and not searches and not cards)
        for each in (self._note, self._go_on, self._again, self._name, self._folder, self._away):
            each.setVisible(bool(cards))

    def _show_current(self) -> None:
        path: Path | None = self.list.current()
        run = None if path is None else self._runs.get(path)
        trains = path is not None and self._shelf.trains(path)
        starting = self._state.training.state is State.STARTING
        for each in (self._note, self._again, self._name):
            each.setEnabled(run is not None)
        self._go_on.setEnabled(run is not None and not trains and not starting)
        self._folder.setEnabled(path is not None)
        self._away.setEnabled(path is not None and not trains)
        if path != self._noted or not self._note.hasFocus():
            if path != self._noted:
                self._keep_note()
            self._noted = path
            self._note.setText("" if run is None else run.notes.note)
            self._note.setCursorPosition(0)  # a long one is read from its beginning

    # ---- what the user does ------------------------------------------------------------------

    def current(self) -> Run | None:
        """The run that is chosen in the list."""
        path = self.list.current()
        return None if path is None else self._runs.get(path)

    def duplicate(self) -> None:
        """The chosen run's experiment with other options; without one, of what is displayed."""
        run = self.current()
        self._shelf.duplicate(self._state.displayed.recipe if run is None else run.recipe)

    def _keep_note(self) -> None:
        run = None if self._noted is None else self._state.library.run_at(self._noted)
        if run is not None and self._note.isModified():
            self._note.setModified(False)
            self._shelf.annotate(run, self._note.text())

    def _display(self, path: Path) -> None:
        if path in self._runs:
            self._shelf.display(self._runs[path])

    def _train(self) -> None:
        run = self.current()
        if run is not None:
            self._shelf.go_on(run)

    def _rename(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.list.edit(self.list.currentIndex())

    def _renamed(self, path: Path, title: str) -> None:
        if path in self._runs:
            self._shelf.rename(self._runs[path], title)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.list.current())))

    def _throw_away(self) -> None:
        path = self.list.current()
        if path is not None:
            self._shelf.throw_away(path)
