"""The losses of the run that trains, live; and the log."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from iae_studio import theme
from iae_studio.session import Session
from iae_studio.views.parts import as_panel, row, tool
from iae_studio.widgets.loss_plot import LossPlot
from iae_studio.widgets.sliders import ValueSlider
from trainer.messages import LOSSES, Floats, Progress


class LossesView(QWidget):
    """The plot `lossPlot`, its smoothing and its axis; beside it the log."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        as_panel(self)
        self.plot = LossPlot()
        self.plot.setObjectName("lossPlot")
        self.plot.setAccessibleName("Losses by step")
        self.log = QPlainTextEdit()
        self.log.setObjectName("logText")
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(2000)
        self.log.setPlaceholderText("What happens is written down here.")
        smoothing = ValueSlider("smoothing", 0.0, 1.0, 0.5, "content", decimals=2)
        smoothing.setFixedWidth(240)
        smoothing.edited.connect(self.plot.setSmoothing)
        self.plot.setSmoothing(0.5)
        decades = QCheckBox("log axis")
        decades.setChecked(True)
        decades.toggled.connect(self.plot.setLog)
        whole = tool("", "reset", "The whole run (double click)", self.plot.resetView)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(theme.PAD, theme.GRID, theme.PAD, theme.GRID)
        inner.setSpacing(theme.GRID)
        inner.addWidget(self.plot, 1)
        inner.addLayout(row(None, smoothing, decades, whole))
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(page, "Losses")
        tabs.addTab(self.log, "Log")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(tabs)
        session.curvesLoaded.connect(self._load)
        session.progressed.connect(self._append)
        session.logged.connect(self.write)

    def _load(self, values: Floats) -> None:
        self.plot.reset(LOSSES)
        self.plot.load(values)

    def _append(self, progress: Progress) -> None:
        if self.plot.names() != tuple(progress.names):
            self.plot.setCurves(progress.names)
        self.plot.append(progress.losses)

    def write(self, text: str) -> None:
        """A line with the time of day."""
        self.log.appendPlainText(f"{time.strftime('%H:%M:%S')}  {text}")
