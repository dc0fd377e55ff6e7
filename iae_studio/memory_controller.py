"""Where memory is short: what the CPU does meanwhile, and a training in smaller batches."""

from __future__ import annotations

from iae_studio.controller import Controller
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.messages import Action, Message
from iae_studio.state.smaller_batch import CHOOSE_BATCH, SMALLER, SmallerBatch
from iae_studio.state.studio_state import StudioState
from iae_studio.threads.explore import Explorers
from iae_studio.threads.render import RenderThread
from iae_studio.threads.reports import TrainingReports

MEMORY = "memory"  # what a message is about
PICTURES = "The GPU's memory is full: pictures are made on the CPU until there is room again."
ANSWERS = "The GPU's memory is full: what is asked of the model is answered on the CPU meanwhile."


class MemoryController(Controller):
    """Tells quietly of what moves to the CPU, and lets it come back when a training ends."""

    def __init__(
        self,
        state: StudioState,
        render: RenderThread,
        explorers: Explorers,
        training: TrainingReports,
    ) -> None:
        super().__init__()
        self.state, self.render, self.explorers = state, render, explorers
        state.messages.actionWanted.connect(self._act)
        state.devices.changed.connect(lambda _: explorers.training_over())
        training.ended.connect(self._training_over)
        render.fellBack.connect(lambda: self._tell(PICTURES))
        render.cameBack.connect(lambda: state.messages.withdraw(MEMORY))
        for thread in explorers.threads:
            thread.fellBack.connect(lambda: state.messages.logged.emit(ANSWERS))

    def _training_over(self) -> None:
        """Where the queue began the next one, its weights are on their way."""
        self.render.training_over(next_begins=self.state.training.busy)
        self.explorers.training_over()

    def _tell(self, text: str) -> None:
        """Above the grid, unless something is asked or told there that matters more."""
        messages = self.state.messages
        if messages.current is None or not (messages.current.error or messages.current.actions):
            messages.show_message(Message(text, topic=MEMORY))
        else:
            messages.logged.emit(text)

    def _act(self, action: Action) -> None:
        if action.asks_for(SMALLER):
            self._train(action.about)
        elif action.asks_for(CHOOSE_BATCH):
            self.state.messages.ask_again()  # it stands until something is trained
            self.state.requests.optionsWanted.emit(action.about, None)

    def _train(self, wanted: SmallerBatch) -> None:
        """At once; or next, where something else trains by now."""
        state = self.state
        if state.training.busy:
            state.queue.add_told(wanted.recipe)
        elif wanted.run is None:
            state.displayed.select(DisplayedModel(wanted.recipe))
            state.training.start(anew=True)
        else:
            state.requests.branchOffWanted.emit(wanted.run, wanted.recipe)
