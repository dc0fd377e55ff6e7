"""The losses of the run that trains, live; and the log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from iae_studio.state.messages import Messages
from iae_studio.state.training import State, Training
from iae_studio.style import theme
from iae_studio.views.building_blocks import as_panel, button, row, tool
from iae_studio.views.help import help_mark
from iae_studio.widgets.value_slider import ValueSlider
from trainer.messages import LOSSES, Floats, Progress

if TYPE_CHECKING:
    from iae_studio.widgets.loss_plot import LossPlot

SMOOTHING = 0.5
_BESIDE = 255  # px that tabs and tools take beside the smoothing
LONGEST = 20_000  # letters of an entry: a trace has fewer


class LossesView(QWidget):
    """The plot `lossPlot`, its smoothing and its axis; beside it the log.

    The plot itself comes by `complete`.
    """

    plot: LossPlot

    def __init__(
        self, training: Training, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        as_panel(self)
        self._training = training
        self._smoothing: ValueSlider | None = None
        self.log = QPlainTextEdit()
        self.log.setObjectName("logText")
        self.log.setAccessibleName("Log")
        self.log.setReadOnly(True)
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
        messages.logged.connect(self.write)

    def complete(self) -> None:
        """Make the plot, once: its library loads slowly, so the window is shown without it first.

        To be called before anything trains.
        """
        from iae_studio.widgets.loss_plot import LossPlot

        plot = self.plot = LossPlot()
        plot.setObjectName("lossPlot")
        plot.setAccessibleName("Losses by step")
        smoothing = ValueSlider("smoothing", 0.0, 1.0, SMOOTHING, "content", decimals=2)
        self._smoothing = smoothing
        theme.follow(smoothing, self._fit)
        smoothing.edited.connect(plot.setSmoothing)
        plot.setSmoothing(SMOOTHING)
        decades = QCheckBox("log axis")
        decades.setObjectName("lossAxis")
        decades.setChecked(True)
        decades.toggled.connect(plot.setLog)
        whole = tool("", "reset", "The whole run (double click)", plot.resetView)
        self._page.addWidget(plot, 1)
        tip = "Train the shown experiment (T)"
        start = self._begin = button("Train", "play", tip, self._training.start, "trainHereButton")
        start.setProperty("flat", True)
        self._tools: tuple[QWidget, ...] = (smoothing, decades, whole)
        corner = QWidget()  # beside the tabs: below the plot they would take a row from the images
        tools = row(start, *self._tools, help_mark("losses"))
        tools.setContentsMargins(0, 0, theme.PAD, 0)
        corner.setLayout(tools)
        self._tabs.setCornerWidget(corner)
        corner.show()
        self._training.curvesLoaded.connect(self._load)
        self._training.progressed.connect(self._append)
        self._training.stateChanged.connect(lambda _: self._offer())
        self._offer()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The slider is as long as the tabs let it be."""
        room = self.width() - theme.px(_BESIDE)
        if self._smoothing is not None:
            self._smoothing.setMaximumWidth(min(max(room, theme.px(110)), theme.px(240)))

    def _offer(self) -> None:
        """Where there is nothing to see, what to do; else the tools for what there is."""
        state, empty = self._training.state, not self.plot.steps()
        rests = not self._training.busy and state is not State.STARTING
        self._begin.setVisible(empty)
        self._begin.setEnabled(rests)
        for each in self._tools:
            each.setHidden(empty)

    def _load(self, values: Floats) -> None:
        self.plot.reset(LOSSES)
        self.plot.load(values)
        self._offer()

    def _append(self, progress: Progress) -> None:
        if self.plot.names() != tuple(progress.names):
            self.plot.setCurves(progress.names)
        self.plot.append(progress.losses)
        if self._begin.isVisibleTo(self):
            self._offer()

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
