"""The queue: what trains, what comes, what is done; and the buttons that change it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.queue_items import ENDED, seeds_in
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, caption, column, row, tool
from iae_studio.views.help import help_mark
from iae_studio.views.queue_words import card_of, status
from iae_studio.widgets.card_list import CardList
from iae_studio.widgets.plain import plain
from trainer.messages import UserError

EMPTY = (
    "Here stands what is trained one after the other. “Train next” adds the model that is shown; "
    "with seeds it is trained once for each. The queue is kept when the window closes."
)


class QueueView(QWidget):
    """The list `queueList`, above it what adds to it, below it what changes it."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self._state, self._queue = state, state.queue
        self.list = CardList("queueList", "What trains, what comes and what is done")
        self.setFocusProxy(self.list)
        self._status = caption(most=2)
        self._status.setObjectName("queueStatus")
        self._empty = caption(EMPTY)
        self._pages = QStackedWidget()
        self._make_adding()
        self._make_tools()
        self._lay_out()
        self._connect()
        self._show()

    def _make_adding(self) -> None:
        add = self._queue.add_displayed
        tip = "Train what is shown after all that waits (Ctrl+Shift+T)"
        self._next = button("Train next", "plus", tip, add, "trainNextButton")
        self.seeds = QLineEdit()
        self.seeds.setObjectName("seedsField")
        self.seeds.setPlaceholderText("seeds: 0, 1, 2")
        self.seeds.setAccessibleName("Seeds")
        self.seeds.setToolTip("The seeds: 0, 1, 2 or 4-7, or how many")
        self.seeds.setMaxLength(200)
        self.seeds.returnPressed.connect(self.add_seeds)
        tip = "A new run of what is shown for each seed (Ctrl+Alt+S)"
        self._with = tool("", "dice", tip, self.add_seeds)
        self._with.setObjectName("seedsButton")

    def _make_tools(self) -> None:
        self._start = button("Start", "play", "", self._start_or_hold, "queueStartButton")
        self._now = tool("", "step", "Train this one now (Ctrl+Enter)", self._train_now)
        self._up = tool("", "chevron-up", "Sooner (Alt+Up)", lambda: self._move(-1))
        self._down = tool("", "chevron-down", "Later (Alt+Down)", lambda: self._move(1))
        self._remove = tool("", "trash", "Out of the queue; a run stays (Delete)", self._take_out)
        tip = "Forget what is over; the runs stay"
        self._clear = tool("", "eraser", tip, self._queue.clear)
        names = {"Now": self._now, "Up": self._up, "Down": self._down, "Remove": self._remove}
        for name, made in {**names, "Clear": self._clear}.items():
            made.setObjectName(f"queue{name}Button")

    def _lay_out(self) -> None:
        page = QWidget()
        inside = column(page, pad=0)
        inside.addWidget(self._empty)
        inside.addStretch(1)
        self._pages.addWidget(self.list)
        self._pages.addWidget(page)
        layout = column(self)
        adding = row(self._next, self.seeds, self._with, gap=theme.GRID)
        adding.setStretch(1, 1)
        layout.addLayout(adding)
        head: QHBoxLayout = row(self._status, self._clear, help_mark("queue"), gap=theme.GRID)
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)
        tools = (self._start, None, self._up, self._down, self._now, self._remove)
        layout.addLayout(row(*tools, gap=theme.GRID))

    def _connect(self) -> None:
        queue = self._queue
        queue.changed.connect(self._show)
        queue.progressed.connect(self._progress)
        self._state.training.stateChanged.connect(lambda _: self._show())
        self._state.library.changed.connect(self._fill)
        theme.notifier().changed.connect(self.list.viewport().update)
        self.list.currentMoved.connect(self._enable)
        self.list.opened.connect(self._display)
        self.list.nowWanted.connect(queue.now)
        self.list.deleteWanted.connect(self._queue.remove)
        self.list.moveWanted.connect(queue.move)

    # ---- what is shown -----------------------------------------------------------------------

    def _show(self) -> None:
        self._fill()
        queue = self._queue
        self._status.setText(status(queue))
        runs, waits = queue.running is not None, bool(queue.coming)
        goes = runs and not queue.held
        self._start.setText("Hold" if goes else "Go on" if runs else "Start")
        theme.set_icon(self._start, "pause" if goes else "play")
        self._start.setToolTip(
            "What trains goes on to its end; nothing begins after it"
            if goes
            else "Start the queue: one after the other is trained"
        )
        self._start.setVisible(waits)
        self._clear.setVisible(bool(queue.ended))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()

    def _progress(self) -> None:
        if self.isVisible():  # it comes ten times a second
            self._fill()

    def _fill(self) -> None:
        queue, now = self._queue, self._state.training.state
        cards = [(each.key, card_of(each, queue, self._state.library, now)) for each in queue.items]
        self.list.show_cards(cards)
        self._pages.setCurrentIndex(0 if cards else 1)

    def _enable(self) -> None:
        item = self._queue.item(self.list.current() or 0)
        coming = [each.key for each in self._queue.coming]
        waits = item is not None and item.key in coming
        self._up.setEnabled(waits and item is not None and item.key != coming[0])
        self._down.setEnabled(waits and item is not None and item.key != coming[-1])
        ready = self._state.training.state is not State.STARTING
        self._now.setEnabled(ready and item is not None and item is not self._queue.running)
        self._remove.setEnabled(item is not None and item is not self._queue.running)
        again = item is not None and item.stage in ENDED
        what = "Train it again" if again else "Train this one"
        when = "before all that wait" if self._state.training.busy else "now"
        self._now.setToolTip(plain(f"{what}, {when} (Ctrl+Enter)"))
        for each in (self._up, self._down, self._now, self._remove):
            each.setVisible(bool(self._queue.items))

    # ---- what the user does ------------------------------------------------------------------

    def add_seeds(self) -> None:
        """A new run for each seed of the field; an empty field is asked for."""
        text = self.seeds.text()
        if not text.strip():
            self.seeds.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        try:
            self._queue.add_seeds(self._state.displayed.recipe, seeds_in(text))
        except UserError as error:
            self._state.messages.show_error(str(error))
        else:
            self.seeds.clear()

    def _start_or_hold(self) -> None:
        queue = self._queue
        queue.hold() if queue.running is not None and not queue.held else queue.start()

    def _train_now(self) -> None:
        self._queue.now(self.list.current() or 0)

    def _move(self, by: int) -> None:
        self._queue.move(self.list.current() or 0, by)

    def _take_out(self) -> None:
        self._queue.remove(self.list.current() or 0)

    def _display(self, key: int) -> None:
        item = self._queue.item(key)
        if item is not None:
            self._state.library.choose(DisplayedModel(item.recipe, item.run))
