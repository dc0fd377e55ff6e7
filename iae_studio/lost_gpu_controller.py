"""A GPU that is lost: pictures move to the CPU by themselves, a training on request."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from iae_studio.controller import Controller
from iae_studio.state.devices import Lost
from iae_studio.state.messages import GO_ON_CPU, LOST, Action, Message
from iae_studio.state.queue_items import Stage
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State
from iae_studio.threads.engine import find_again
from iae_studio.threads.explore import Explorers
from iae_studio.threads.render import RenderThread
from iae_studio.threads.train import TrainingThread
from iae_studio.threads.worker import WorkThread
from trainer.devices.anew import works_anew
from trainer.devices.records import CPU, FoundDevices
from trainer.recipe.recipe import Recipe

PICTURES = "Pictures are drawn on the CPU now."
WORKS = "It works again, and can be chosen in the bar."
ANEW = "Start IAE Studio anew to use it again."
NEVER = "Restart the computer to use it again."
BEGINS = "Nothing was saved yet: it begins again."
LATER = "It goes on, on the CPU, when this training ends."


class LostGpuController(Controller):
    """Hears of lost GPUs, says so once, and looks which devices there are then."""

    def __init__(
        self,
        state: StudioState,
        render: RenderThread,
        training: TrainingThread,
        explorers: Explorers,
    ) -> None:
        super().__init__()
        self.state, self._render = state, render
        self.worker = WorkThread()
        self._waits: tuple[Recipe, Path | None] | None = None  # what a lost GPU interrupted
        self._went = False  # the queue went on by itself, before that
        training.deviceLost.connect(self._lost_in_training)
        render.deviceLost.connect(self._lost)
        for thread in explorers.threads:
            thread.deviceLost.connect(self._lost)
        state.messages.actionWanted.connect(self._act)
        state.training.stateChanged.connect(self._state_changed)

    def threads(self) -> tuple[WorkThread, ...]:
        return (self.worker,)

    # ---- lost --------------------------------------------------------------------------------

    def _lost(self, lost: Lost) -> None:
        """By a picture or a question: they go on on the CPU, and that is all."""
        if self._give_up(lost):
            self._tell(Message(f"{lost.told.what} {PICTURES}", topic=LOST))
        elif self.state.devices.chosen != lost.device:  # the last of what was asked there
            self._render.use_device(self.state.devices.chosen)
        else:
            self.state.messages.show_picture_failure(lost.told)

    def _lost_in_training(self, lost: Lost) -> None:
        """Said before the training has failed, so that the queue goes no further."""
        training, queue = self.state.training, self.state.queue
        if training.recipe is None:
            return
        event, run = lost.told.what, training.run_path
        training.why = event
        self._waits, self._went = (training.recipe, run), not queue.held
        queue.set_back(event, lost.saved)
        self.state.messages.logged.emit(str(lost.told))
        kept = BEGINS
        if lost.saved and run is not None:
            kept = f"The last checkpoint is of step {lost.saved:,}, in {run.name}."
        action = replace(GO_ON_CPU, about=self._waits)
        self._tell(Message(f"{event} {kept}", True, (action,), LOST))
        self._give_up(lost)

    def _give_up(self, lost: Lost) -> bool:
        """Nothing is done there any more; whether that is news."""
        if not self.state.devices.lose(lost.device):
            return False
        self.state.messages.logged.emit(lost.told.trace)
        find = partial(find_again, lost.device)
        self.worker.submit(find, then=partial(self._offer, lost.device))
        return True

    def _tell(self, message: Message) -> None:
        """In place of what was said of it, for there is one GPU and one loss."""
        self.state.messages.show_message(message)

    # ---- and found again ---------------------------------------------------------------------

    def _offer(self, device: str, found: FoundDevices) -> None:
        self.state.devices.offer(found)
        if device in {known.name for known in found.usable}:
            self._add(WORKS)
        else:
            self.worker.submit(partial(works_anew, device), then=self._say_whether)

    def _say_whether(self, works: bool) -> None:
        self._add(ANEW if works else NEVER)

    def _add(self, sentence: str) -> None:
        """To what was said of the loss, where that still stands."""
        messages = self.state.messages
        messages.logged.emit(sentence)
        said = messages.about(LOST)
        if said is not None:
            messages.amend(replace(said, text=f"{said.text} {sentence}"))

    # ---- going on ----------------------------------------------------------------------------

    def _act(self, action: Action) -> None:
        """What was interrupted goes on on the CPU: now, or when what trains meanwhile ends."""
        if not action.asks_for(GO_ON_CPU):
            return
        recipe, run = action.about
        training, queue = self.state.training, self.state.queue
        self.state.devices.choose(CPU)
        broken = (item for item in queue.coming if item.stage is Stage.INTERRUPTED)
        item = next((each for each in broken if (each.recipe, each.run) == (recipe, run)), None)
        item = item or queue.add(recipe, run)
        if item is None:  # there are too many, which is told
            return
        if training.busy:
            self.state.messages.show_message(Message(LATER))
        queue.now(item.key)

    def _state_changed(self, now: State) -> None:
        """What was interrupted goes on, however it was begun; and the queue as it went before."""
        training, queue = self.state.training, self.state.queue
        if now is State.LOADING and self._waits == (training.recipe, training.run_path):
            self._waits = None
            self.state.messages.withdraw(LOST)
            if self._went:
                queue.start()
            else:
                queue.hold()
