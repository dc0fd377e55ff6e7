"""The bar at the top: what is shown, the training controls, speed and progress."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QMenu,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from iae_studio.state.datasets import title_of
from iae_studio.state.devices import Devices
from iae_studio.state.displayed import Displayed, DisplayedModel
from iae_studio.state.training import Loading, State, Training
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, row, tool
from iae_studio.views.device_box import DeviceBox
from iae_studio.views.durations import duration
from iae_studio.views.training_status import TrainingStatus
from iae_studio.widgets.elided_label import ElidedLabel
from iae_studio.widgets.plain import plain
from trainer.messages import Progress

WORDS = {
    State.STARTING: "Starting the engine",
    State.IDLE: "Ready",
    State.LOADING: "Loading data and networks",
    State.TRAINING: "Training",
    State.PAUSED: "Paused",
    State.UNSAVED: "Not saved yet",
    State.FINISHED: "Finished",
    State.FAILED: "Stopped by an error",
}
ROOMY = 1240  # px: a narrower bar shows the icons of its buttons alone, and no figure
WIDE = 1480  # px: in a narrower one the figure makes room for what is told of a training
TIGHT = 720  # px: in a narrower one the ways to train are in the Train menu alone
FIGURE = 240  # px


class TrainingBar(QWidget):
    """Start, Pause, Step, Stop, Save; the state in words; a hairline of progress."""

    def __init__(
        self,
        displayed: Displayed,
        training: Training,
        devices: Devices,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._displayed, self._training = displayed, training
        self._progress: Progress | None = None
        self._title = ElidedLabel()
        self._title.setProperty("title", True)
        self._figure = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._figure.setProperty("caption", True)
        theme.follow(self._figure, lambda: self._figure.setMaximumWidth(theme.px(FIGURE)))
        self._status = TrainingStatus()
        self._make_buttons(training)
        self.device = DeviceBox(devices)
        self._lay_out()
        training.stateChanged.connect(self._show_state)
        training.progressed.connect(self._show_progress)
        training.loadingMoved.connect(self._show_loading)
        displayed.changed.connect(self._show_title)
        displayed.firstDrawn.connect(lambda: self._show_state(training.state))
        self._show_state(training.state)

    def _make_buttons(self, training: Training) -> None:
        self.start = button(
            "Train", "play", "Train the shown experiment (T)", training.start, "startButton"
        )
        self.start.setProperty("primary", True)
        theme.set_icon(self.start, "play", "on_accent")
        self._more = tool("", "chevron-down", "Train next, and other ways", lambda: None)
        self._more.setObjectName("trainMenuButton")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.hide()
        self.pause = button(
            "Pause", "pause", "Pause and go on (T)", training.toggle_pause, "pauseButton"
        )
        self.step = button(
            "Step",
            "step",
            "One single step, then pause (.)",
            lambda: training.command("step"),
            "stepButton",
        )
        self.stop = button(
            "Stop",
            "stop",
            "Stop, and keep what was learned",
            lambda: training.command("stop"),
            "stopButton",
        )
        self.save = button(
            "Save",
            "save",
            "Write a checkpoint now (Ctrl+S)",
            lambda: training.command("save"),
            "saveButton",
        )

    def _lay_out(self) -> None:
        self._line = QProgressBar()
        self._line.setObjectName("progressLine")
        self._line.setTextVisible(False)
        self._line.setRange(0, 1000)
        self._line.setFixedHeight(3)
        bar = row(
            self._title,
            self._figure,
            self._status,
            self.start,
            self._more,
            self.pause,
            self.step,
            self.stop,
            self.save,
            self.device,
        )
        bar.setContentsMargins(theme.PAD, theme.GAP, theme.PAD, theme.GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._line)
        theme.follow(self, self._fold)

    def offer(self, actions: Sequence[QAction]) -> None:
        """Other ways to train, in a menu beside the button."""
        menu = QMenu(self)
        menu.addActions(list(actions))
        self._more.setMenu(menu)
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        narrow = self.width() < theme.px(ROOMY)
        tells = self._training.busy and self.width() < theme.px(WIDE)
        self._figure.setHidden(narrow or tells)
        ways = self._more.menu()
        self._more.setVisible(ways is not None and self.width() >= theme.px(TIGHT))
        for control in (self.pause, self.step, self.stop, self.save):
            control.fold(narrow)

    def _show_title(self, model: DisplayedModel) -> None:
        recipe = model.recipe
        self._title.setText(recipe.about.title)
        about = f"on {title_of(recipe)}" if recipe.data.name == "folder" else recipe.about.figure
        self._figure.setText(f"{recipe.model_title}, {about}")
        self._name_start()

    def _name_start(self) -> None:
        """A run on disk is gone on with; anything else is begun."""
        busy = self._training.busy
        again = self._displayed.model.is_run and not busy
        self.start.setText("Go on" if again else "Train")
        tip = "One training at a time: stop the one that runs" if busy else "Train (T)"
        if again:
            tip = "Train this run further (T); Ctrl+T begins a new one"
        self.start.setToolTip(plain(tip))

    def _show_state(self, state: State) -> None:
        busy = self._training.busy
        self._name_start()
        self.start.setEnabled(not busy and state is not State.STARTING)
        started, rests = self._training.started, state in (State.PAUSED, State.UNSAVED)
        self.pause.setText("Go on" if rests else "Pause")
        theme.set_icon(self.pause, "play" if rests else "pause")
        for control in (self.pause, self.save):
            control.setEnabled(started)
        self.step.setEnabled(started and state is not State.UNSAVED)
        self.stop.setEnabled(busy or self._training.loading is not None)
        self.device.setEnabled(not busy)
        self._fold()
        waits = state is State.IDLE and self._displayed.waits
        indeterminate = waits or state in (State.STARTING, State.LOADING)
        self._line.setRange(0, 0 if indeterminate else 1000)
        if state in (State.IDLE, State.LOADING):
            self._line.setValue(0)
            self._progress = None
        self._status.show_words("Loading the model" if waits else WORDS[state])
        if self._progress is not None and state in (State.TRAINING, State.PAUSED):
            self._show_progress(self._progress)
        self.setProperty("state", state.value)

    def _show_loading(self, loading: Loading | None) -> None:
        """The images that are read for a training, or to be looked at."""
        state = self._training.state
        if loading is None or state in (State.TRAINING, State.PAUSED, State.UNSAVED):
            self._show_state(state)
            return
        self.stop.setEnabled(True)
        self._line.setRange(0, loading.total)
        self._line.setValue(loading.done)
        counted = f": {loading.done:,} of {loading.total:,} images" if loading.total else ""
        self._status.show_words(f"Loading data{counted}")

    def _show_progress(self, progress: Progress) -> None:
        self._progress = progress
        self._line.setRange(0, 1000)
        self._line.setValue(min(1000 * progress.step // max(1, progress.steps), 1000))
        short = f"step {progress.step:,} of {progress.steps:,}"
        words, training = short, self._training.recipe
        another = training is not None and training != self._displayed.recipe
        name = f"{training.name}: " if training is not None and another else ""
        if self._training.state is State.TRAINING:
            left = f" · {duration(progress.eta)} left"
            words += f" · {progress.rate:,.1f}/s{left}"
            short += left
        stated = f"{name}{self._doing(progress.step)} · {words}"
        self._status.show_words(stated, short, progress.memory, f"{name}{words}")

    def _doing(self, step: int) -> str:
        """The state; in a warm start, for how long the reconstruction game is not played yet."""
        state, recipe = self._training.state, self._training.recipe
        warm = 0 if recipe is None else ceil(recipe.schedule.warm * recipe.schedule.steps)
        if state is State.TRAINING and step < warm:
            return f"Warm start to step {warm:,}"
        return WORDS[state]
