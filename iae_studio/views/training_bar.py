"""The bar at the top: what is shown, the training controls, speed and progress."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from iae_studio.state.datasets import title_of
from iae_studio.state.session import Session, Shown, State
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption, row
from iae_studio.views.words import MODELS
from trainer.messages import Progress

WORDS = {
    State.STARTING: "Starting the engine",
    State.IDLE: "Ready",
    State.LOADING: "Loading data and networks",
    State.TRAINING: "Training",
    State.PAUSED: "Paused",
    State.FINISHED: "Finished",
    State.FAILED: "Stopped by an error",
}


def duration(seconds: float) -> str:
    """A time that is left, with as many digits as it deserves."""
    if not seconds < 360_000:
        return "long"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


class TrainingBar(QWidget):
    """Start, Pause, Step, Stop, Save; the state in words; a hairline of progress."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._progress: Progress | None = None
        self._title = QLabel()
        self._title.setProperty("title", True)
        self._figure = caption()
        self._figure.setWordWrap(False)
        self.start = button(
            "Train", "play", "Train the shown experiment (T)", session.start_training, "startButton"
        )
        self.start.setProperty("primary", True)
        theme.set_icon(self.start, "play", "on_accent")
        self.pause = button(
            "Pause", "pause", "Pause and go on (T)", session.toggle_pause, "pauseButton"
        )
        self.step = button(
            "Step",
            "step",
            "One single step, then pause (.)",
            lambda: session.command("step"),
            "stepButton",
        )
        self.stop = button(
            "Stop",
            "stop",
            "Stop, and keep what was learned",
            lambda: session.command("stop"),
            "stopButton",
        )
        self.save = button(
            "Save",
            "save",
            "Write a checkpoint now (Ctrl+S)",
            lambda: session.command("save"),
            "saveButton",
        )
        self._status = QLabel()
        self._status.setObjectName("statusText")
        self._status.setAccessibleName("Training status")
        self._status.setFont(theme.tabular(self._status.font()))
        self.device = QComboBox()
        self.device.setObjectName("deviceBox")
        self.device.setAccessibleName("Device to train on")
        self.device.setToolTip("The device to train on")
        self.device.addItem("CPU", "cpu")
        self.device.currentIndexChanged.connect(self._device_chosen)
        self._line = QProgressBar()
        self._line.setObjectName("progressLine")
        self._line.setTextVisible(False)
        self._line.setRange(0, 1000)
        self._line.setFixedHeight(3)
        bar = row(
            self._title,
            self._figure,
            None,
            self._status,
            self.start,
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
        session.stateChanged.connect(self._show_state)
        session.shownChanged.connect(self._show_title)
        session.progressed.connect(self._show_progress)
        self._show_state(session.state)

    def set_devices(self, gpu: str) -> None:
        """Offer the GPU of that name, and choose it."""
        self.device.insertItem(0, "GPU", "cuda")
        self.device.setItemData(0, gpu, Qt.ItemDataRole.ToolTipRole)
        self.device.setCurrentIndex(0)

    def _device_chosen(self) -> None:
        self.session.device = self.device.currentData() or "auto"

    def _show_title(self, shown: Shown) -> None:
        recipe = shown.recipe
        self._title.setText(recipe.about.title)
        about = f"on {title_of(recipe)}" if recipe.data.name == "folder" else recipe.about.figure
        self._figure.setText(f"{MODELS[recipe.model.kind]}, {about}")
        self._name_start()

    def _name_start(self) -> None:
        """A run on disk is gone on with; anything else is begun."""
        path = self.session.shown.path
        again = path is not None and path.is_dir() and not self.session.busy
        self.start.setText("Go on" if again else "Train")
        busy = self.session.busy
        tip = "One training at a time: stop the one that runs" if busy else "Train (T)"
        self.start.setToolTip(
            "Train this run further (T); Ctrl+T begins a new one" if again else tip
        )

    def _show_state(self, state: State) -> None:
        busy = self.session.busy
        self._name_start()
        self.start.setEnabled(not busy and state is not State.STARTING)
        self.pause.setEnabled(state in (State.TRAINING, State.PAUSED))
        self.pause.setText("Go on" if state is State.PAUSED else "Pause")
        theme.set_icon(self.pause, "play" if state is State.PAUSED else "pause")
        for control in (self.step, self.stop, self.save):
            control.setEnabled(state in (State.TRAINING, State.PAUSED))
        self.device.setEnabled(not busy)
        indeterminate = state in (State.STARTING, State.LOADING)
        self._line.setRange(0, 0 if indeterminate else 1000)
        if state in (State.IDLE, State.LOADING):
            self._line.setValue(0)
            self._progress = None
        self._status.setText(WORDS[state])
        if self._progress is not None and state in (State.TRAINING, State.PAUSED):
            self._show_progress(self._progress)
        self.setProperty("state", state.value)

    def _show_progress(self, progress: Progress) -> None:
        self._progress = progress
        self._line.setRange(0, 1000)
        self._line.setValue(int(1000 * progress.step / max(1, progress.steps)))
        words = f"{WORDS[self.session.state]} · step {progress.step:,} of {progress.steps:,}"
        training = self.session.training_recipe
        if training is not None and training != self.session.recipe:
            words = f"{training.name}: {words}"
        if self.session.state is State.TRAINING:
            words += f" · {progress.rate:,.1f}/s · {duration(progress.eta)} left"
        self._status.setText(words)
