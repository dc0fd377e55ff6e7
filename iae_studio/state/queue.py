"""What trains, what is trained next, and what was: one training at a time, in order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed, DisplayedModel
from iae_studio.state.messages import Message, Messages
from iae_studio.state.queue_items import COMING, ENDED, MOST, MOST_ENDED, Item, Kept, Stage
from iae_studio.state.training import State, Training
from trainer.messages import Progress
from trainer.recipe.recipe import Recipe

_OVER = {State.FINISHED: Stage.DONE, State.FAILED: Stage.FAILED, State.IDLE: Stage.STOPPED}
FULL = f"The queue holds {MOST} trainings already: let some end, or remove some."


class Queue(QObject):
    """When a training ends, well or not, the next begins; unless the queue is held.

    It is held after a start of the program, and when the user stops a training. A training that
    was begun by hand stands in it too, so that an interruption leaves a trace.
    """

    changed = Signal()
    progressed = Signal()  # of what trains

    def __init__(
        self,
        displayed: Displayed,
        training: Training,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._displayed, self._training, self._messages = displayed, training, messages
        self.running: Item | None = None
        self._coming: list[Item] = []
        self._ended: list[Item] = []  # the newest first
        self.held = False
        self.progress: Progress | None = None  # of what trains
        self._outcome: Stage | None = None
        self._waits = False  # for the engine, to begin
        self._closed = False
        training.stateChanged.connect(self._state_changed)
        training.progressed.connect(self._progressed)
        training.runChanged.connect(self._know_run)
        training.runChanged.connect(self._over)

    # ---- what there is -----------------------------------------------------------------------

    @property
    def items(self) -> tuple[Item, ...]:
        """All, in the order of a list: what trains, what comes, what ended."""
        running = () if self.running is None else (self.running,)
        return (*running, *self._coming, *self._ended)

    @property
    def coming(self) -> tuple[Item, ...]:
        """What is trained next, in this order."""
        return tuple(self._coming)

    @property
    def ended(self) -> tuple[Item, ...]:
        """What is over, the newest first."""
        return tuple(self._ended)

    def item(self, key: int) -> Item | None:
        """The one of that key."""
        return next((item for item in self.items if item.key == key), None)

    @property
    def kept(self) -> Kept:
        """What outlives the program."""
        return Kept(self.items)

    def restore(self, kept: Kept) -> None:
        """What an earlier start of the program left comes first; nothing of it trains by itself."""
        before = [item for item in kept.items if item.stage is Stage.RUNNING]
        waited = [item for item in kept.items if item.stage in COMING]
        broken = [item.now(Stage.INTERRUPTED) for item in before]
        self._coming = [*broken, *waited, *self._coming][:MOST]
        ended = [item for item in kept.items if item.stage in ENDED]
        self._ended = [*self._ended, *ended][:MOST_ENDED]
        self.held = self.held or bool(broken or waited)
        self.changed.emit()

    # ---- what the user wants -----------------------------------------------------------------

    def add(self, recipe: Recipe, run: Path | None = None) -> Item | None:
        """Train a recipe next, after all that waits: in a new run, or `run` goes on."""
        if len(self._coming) >= MOST:
            self._messages.show_error(FULL)
            return None
        item = Item(recipe, run)
        self._coming.append(item)
        self.changed.emit()
        return item

    def add_displayed(self) -> Item | None:
        """The displayed recipe, or the displayed run to go on with, where it does not train now."""
        model = self._displayed.model
        trains = self._training.busy and model.path == self._training.run_path
        return self.add_told(model.recipe, model.path if model.is_run and not trains else None)

    def add_told(self, recipe: Recipe, run: Path | None = None, name: str = "") -> Item | None:
        """As `add`, and say so; `name` is what it is called, by default its experiment's title."""
        item = self.add(recipe, run)
        if item is not None:
            self._tell(f"{name or recipe.about.title} waits")
        return item

    def add_seeds(self, recipe: Recipe, seeds: Iterable[int]) -> int:
        """A new run of a recipe for each seed; how many."""
        added = [self.add(recipe.but(seed=seed)) for seed in seeds]
        count = sum(item is not None for item in added)
        if count == len(added):
            waits = f"{recipe.about.title} waits with {count} {'seed' if count == 1 else 'seeds'}"
            self._tell(waits)
        return count

    def _tell(self, waits: str) -> None:
        """Say that something waits, and until when."""
        goes = self._training.busy and not self.held
        until = "when this training ends" if goes else "when the queue is started"
        text = f"{waits} in the queue, {len(self._coming)} in all: the next begins {until}."
        self._messages.show_message(Message(text))

    def remove(self, key: int) -> None:
        """Train it not, or forget that it was trained; its run stays."""
        self._coming = [item for item in self._coming if item.key != key]
        self._ended = [item for item in self._ended if item.key != key]
        self.changed.emit()

    def clear(self) -> None:
        """Forget what is over; the runs stay."""
        self._ended = []
        self.changed.emit()

    def move(self, key: int, by: int) -> None:
        """Sooner or later by so many places, among what waits."""
        keys = [item.key for item in self._coming]
        if key in keys:
            item = self._coming.pop(keys.index(key))
            place = min(max(keys.index(key) + by, 0), len(self._coming))
            self._coming.insert(place, item)
            self.changed.emit()

    def start(self) -> None:
        """The next begins now, or when what trains ends."""
        self.held = False
        self._waits = self._training.state is State.STARTING
        if not self._next(look=True):
            self.changed.emit()

    def hold(self) -> None:
        """What trains goes on to its end; nothing begins after it."""
        self.held, self._waits = True, False
        self.changed.emit()

    def now(self, key: int) -> None:
        """This one before all others: now, or when what trains ends. What ended goes on."""
        item = self.item(key)
        if item is None or item is self.running:
            return
        self._ended = [each for each in self._ended if each.key != key]
        others = [each for each in self._coming if each.key != key]
        again = item.now(Stage.WAITING, why="") if item.stage in ENDED else item
        self._coming = [again, *others]
        self.start()

    def set_back(self, why: str, step: int) -> None:
        """What trains lost its device: it waits before all others, and nothing begins by itself."""
        if self.running is not None:
            self.running = self.running.now(Stage.RUNNING, why=why, step=step)
            self._outcome, self.held = Stage.INTERRUPTED, True

    def close(self) -> None:
        """The program ends: nothing begins any more."""
        self._closed = True

    # ---- what the training says --------------------------------------------------------------

    def _next(self, look: bool) -> bool:
        """Begin what comes first; `look` displays it. Whether there was one that could begin."""
        training = self._training
        if self._closed or training.busy or not self._coming or training.state is State.STARTING:
            return False
        item = self._coming.pop(0)
        if look:
            self._displayed.select(DisplayedModel(item.recipe, item.run))
        self._take(item)
        training.begin(item.recipe, item.run, look)
        return True

    def _take(self, item: Item) -> None:
        self._put_away()  # what is over, though its thread still gives memory back
        self._waits, self._outcome, self.progress = False, None, None
        self.running = item.now(Stage.RUNNING, why="")
        if item.run is not None:  # whatever else was said of it is over
            self._coming = [each for each in self._coming if each.run != item.run]
            self._ended = [each for each in self._ended if each.run != item.run]
        self.changed.emit()

    def _state_changed(self, state: State) -> None:
        training = self._training
        over = self.running is None or self._outcome is not None
        if state is State.LOADING and over and training.recipe is not None:
            self._take(Item(training.recipe, training.run_path))  # begun by hand
        elif state in _OVER and self.running is not None and self._outcome is None:
            self._outcome = _OVER[state]
            self.held = self.held or self._outcome is Stage.STOPPED
            if self._outcome is Stage.FAILED:  # the next one that begins forgets why
                self.running = self.running.now(Stage.RUNNING, why=training.why)
        if state is State.IDLE and self._waits:
            self._waits = False
            self._next(look=True)

    def _know_run(self) -> None:
        training, item = self._training, self.running
        if item is not None and training.run_path is not None and training.run_path != item.run:
            recipe = training.recipe or item.recipe
            self.running = item.now(item.stage, run=training.run_path, recipe=recipe)
            self.changed.emit()

    def _progressed(self, progress: Progress) -> None:
        self.progress = progress
        self.progressed.emit()

    def _over(self) -> None:
        """A training ended; what is displayed follows it where it was looked at."""
        if self.running is None or self._closed or self._outcome is None:
            return
        shown, run = self._displayed.model.path, self._training.run_path
        self._put_away()
        if self.held or not self._next(look=shown is not None and shown == run):
            self.changed.emit()

    def _put_away(self) -> None:
        """What trained stands with what is over, or waits again."""
        item = self.running
        if item is None or self._outcome is None:
            return
        if self._outcome is Stage.INTERRUPTED:
            self._coming.insert(0, item.now(Stage.INTERRUPTED))
        else:
            step = (self.progress or item).step
            self._ended.insert(0, item.now(self._outcome, step=step))
            del self._ended[MOST_ENDED:]
        self.running = self.progress = self._outcome = None
