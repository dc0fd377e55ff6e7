"""Setting training images aside, and taking them back: who is told, and what is said."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from iae_studio.state.messages import Message, Messages
from iae_studio.state.training import State, Training
from trainer.data.aside import Change

NO_RUN = (
    "Images are set aside from a run, and kept with it: this model is no run yet. Press Train, "
    "then set them aside at any time."
)
LOADING = "The run is loading: set images aside once it trains."


class Asides(QObject):
    """What is wanted of the displayed run: by the thread that trains it, or by a job."""

    changed = Signal()  # the run's file may say something else
    writeWanted = Signal(object, Change)  # the folder of a run that nobody trains here

    def __init__(
        self,
        displayed: Displayed,
        training: Training,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._displayed, self._training, self._messages = displayed, training, messages

    def decide(self, change: Change) -> None:
        """Set images aside from the displayed run's training, or take them back."""
        model, training = self._displayed.model, self._training
        mine = model.live or (model.is_run and model.path == training.run_path)
        loads = training.state is State.LOADING
        if loads and (mine or model.recipe == training.recipe):
            self._messages.show_message(Message(LOADING))
        elif mine and training.started:
            training.commandWanted.emit(change)
        elif model.is_run:
            self.writeWanted.emit(model.path, change)
        else:
            self._messages.show_message(Message(NO_RUN))
