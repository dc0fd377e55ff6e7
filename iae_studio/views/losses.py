"""The losses of the displayed run, live; its time below them; and the log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from iae_studio.state.curves import Family
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.messages import short
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, row, tool
from iae_studio.views.help import help_mark
from iae_studio.views.loss_time import LossTime
from iae_studio.views.time_bar import TimeBar
from iae_studio.widgets.history import History
from iae_studio.widgets.plain import plain
from iae_studio.widgets.value_slider import ValueSlider
from trainer.messages import LOSSES, Floats, Progress

if TYPE_CHECKING:
    from iae_studio.widgets.run_plot import RunPlot

SMOOTHING = 0.5
ROOMY = 600  # px: in a narrower view the button of another training is its icon alone
LONGEST = 20_000  # letters of an entry: a trace has fewer


class LossesView(QWidget):
    """The plot `lossPlot`, its smoothing and its axis, the time below it; beside it the log.

    The plot itself comes by `complete`.
    """

    plot: RunPlot
    filled = Signal()  # there may be more to see than before

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self._state, self._training, self._curves = state, state.training, state.curves
        self._names: tuple[str, ...] = LOSSES  # of what the training tells
        self._told = History(len(LOSSES))
        self._shown: History | None = None
        self._shown_of: Family | None = None
        self._smoothing: ValueSlider | None = None
        self.log = QPlainTextEdit()
        self.log.setObjectName("logText")
        self.log.setAccessibleName("Log")
        self.log.setReadOnly(True)
        self.log.setMinimumHeight(theme.GAP)  # or the losses, without any, would be as high
        self.log.setMaximumBlockCount(2000)
        self.log.setPlaceholderText("What happens is written down here. Nothing has happened yet.")
        page = QWidget()
        self._page = QVBoxLayout(page)
        self._page.setContentsMargins(theme.PAD, theme.GRID, theme.PAD, theme.GRID)
        self._page.setSpacing(theme.GRID)
        tabs = self._tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.setObjectName("trainingTabs")
        tabs.addTab(page, "Losses")
        tabs.addTab(self.log, "Log")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(tabs)
        tabs.currentChanged.connect(lambda _: self.filled.emit())
        state.messages.logged.connect(self.write)

    def complete(self) -> None:
        """Make the plot, once: its library loads slowly, so the window is shown without it first.

        To be called before anything trains.
        """
        from iae_studio.widgets.run_plot import RunPlot

        plot = self.plot = RunPlot()
        plot.setObjectName("lossPlot")
        plot.setAccessibleName("Losses by step")
        self._page.addWidget(plot, 1)
        self._page.addWidget(TimeBar(self._state))
        LossTime(self._state, plot)
        self._make_tools(plot)
        self._training.curvesLoaded.connect(self._load)
        self._training.progressed.connect(self._append)
        self._training.stateChanged.connect(lambda _: self._offer())
        self._curves.changed.connect(self._show)
        self._show()

    def _make_tools(self, plot: RunPlot) -> None:
        """Beside the tabs: below the plot they would take a row from the images."""
        self._other = button("", "play", "", self._show_training, "otherLossesButton")
        self._other.setProperty("flat", True)
        self._other.hide()
        smoothing = ValueSlider("smoothing", 0.0, 1.0, SMOOTHING, "content", decimals=2)
        self._smoothing = smoothing
        smoothing.edited.connect(plot.setSmoothing)
        plot.setSmoothing(SMOOTHING)
        decades = QCheckBox("log axis")
        decades.setObjectName("lossAxis")
        decades.setChecked(True)
        decades.toggled.connect(plot.setLog)
        whole = tool("", "reset", "The whole run (double click)", plot.resetView)
        tip = "Train the shown experiment (T)"
        start = self._begin = button("Train", "play", tip, self._training.start, "trainHereButton")
        start.setProperty("flat", True)
        self._tools: tuple[QWidget, ...] = (smoothing, decades, whole)
        corner = QWidget()
        about = help_mark("losses")
        self._corner = (self._other, start, decades, whole, about)
        tools = row(self._other, start, *self._tools, about)
        tools.setContentsMargins(0, 0, theme.PAD, 0)
        corner.setLayout(tools)
        self._tabs.setCornerWidget(corner)
        corner.show()
        theme.follow(smoothing, self._fit)

    @property
    def is_empty(self) -> bool:
        """Whether there are no losses to see, and none will soon be."""
        if self._tabs.currentWidget() is self.log:
            return False
        known = self._smoothing is not None and self.plot.reach() > 0
        return not known and not (self._training.busy and self._curves.trains)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The slider is as long as the tabs let it be."""
        if self._smoothing is not None:
            self._other.fold(self.width() < theme.px(ROOMY))
            beside = [each for each in self._corner if not each.isHidden()]
            room = self.width() - self._tabs.tabBar().sizeHint().width() - 2 * theme.PAD
            room -= sum(each.sizeHint().width() + theme.GAP for each in beside)
            self._smoothing.setMaximumWidth(min(max(room, theme.px(110)), theme.px(240)))

    def _offer(self) -> None:
        """Where there is nothing to see, what to do; else the tools for what there is."""
        state, empty = self._training.state, not self.plot.steps()
        rests = not self._training.busy and state is not State.STARTING
        self._begin.setVisible(empty)
        self._begin.setEnabled(rests)
        for each in self._tools:
            each.setHidden(empty)
        self._name_other()
        if not self.is_empty:
            self.filled.emit()

    # ---- whose losses ------------------------------------------------------------------------

    def _load(self, values: Floats) -> None:
        """A training begins, or goes on."""
        self._names, self._told = LOSSES, History(len(LOSSES))
        self._told.append(values)
        self._show(anew=True)

    def _append(self, progress: Progress) -> None:
        if self._names != tuple(progress.names):
            self._names, self._told = tuple(progress.names), History(len(progress.names))
            self._show()
        if self._shown is not self._told:
            self._told.append(progress.losses)
            return
        self.plot.append(progress.losses)
        if self._begin.isVisibleTo(self):
            self._offer()

    def _show(self, anew: bool = False) -> None:
        """The losses that the plot is about, and those of their kin."""
        family = self._curves.family
        if self._curves.trains:
            names, shown = self._names, self._told
        elif family is not None and self._shown_of is family:
            names, shown = LOSSES, self._shown or History(len(LOSSES))
        else:
            names, shown = LOSSES, History(len(LOSSES))
            if family is not None:
                shown.append(family.rows)
        self._shown_of = family
        if shown is not self._shown or anew:
            self._shown = shown
            self.plot.setHistory(names, shown)
        kin = () if family is None else family.kin
        self.plot.setKin([(each.steps, each.values) for each in kin])
        self._offer()

    def _show_training(self) -> None:
        """Display what trains, and its losses with it."""
        recipe = self._training.recipe
        if recipe is not None:
            model = DisplayedModel(recipe, self._training.run_path)
            self._state.library.choose(model, any_weights=True)

    def _name_other(self) -> None:
        """What trains while another model is displayed."""
        name, here = self._curves.elsewhere, self._curves.trains
        self._other.setVisible(bool(name))
        self._other.setText(f"Losses of {short(name)}" if here else f"{short(name)} trains")
        self._fit()
        about = "These are the losses of" if here else "These are not the losses of"
        self._other.setToolTip(plain(f"{about} {name}, which trains. Show that model"))

    def show_log(self, text: str = "") -> None:
        """Bring the log to the front, with something to read from its first line on."""
        self._tabs.setCurrentWidget(self.log)
        self.log.moveCursor(QTextCursor.MoveOperation.End)
        if text:
            last = self.log.document().lastBlock()
            self.write(text)
            self.log.verticalScrollBar().setValue(last.next().firstLineNumber())

    def write(self, text: str) -> None:
        """A line with the time of day."""
        cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        self.log.appendPlainText(f"{time.strftime('%H:%M:%S')}  {cut}")
