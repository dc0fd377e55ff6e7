"""Which moment of the displayed run is shown: the newest weights, or kept ones of before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed, DisplayedModel
from iae_studio.state.messages import Message, Messages
from trainer.messages import Failed
from trainer.storage.snapshots import MOST_BYTES, Moment, nearest, one_a_step

MEGABYTE = 1_000_000
LOST = "moment"  # what a message is about


class Time(QObject):
    """The moments of the displayed run, one of which may be looked at in place of the newest."""

    momentsChanged = Signal()
    moved = Signal(object)  # Moment | None: the newest weights
    askAgain = Signal()  # all know by now which weights are to answer
    limitChanged = Signal(int)  # MB that the moments of a run may take
    clearWanted = Signal(object)  # the run folder, whose moments are to go that nobody refers to
    listWanted = Signal(object)  # the run folder; its moments come back by `set_moments`

    def __init__(
        self, displayed: Displayed, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._displayed, self._messages = displayed, messages
        self.moments: tuple[Moment, ...] = ()  # one of each step, by their steps
        self.moment: Moment | None = None  # None: the newest weights
        self.size, self.kept = 0, 0  # bytes on the disk; how many moments somebody refers to
        self.limit = MOST_BYTES // MEGABYTE  # MB
        self._run: Path | None = None
        self._lost: set[Path] = set()  # files that could not be shown
        self._awaited: int | None = None
        self._listed = False  # an empty list is known to be empty
        displayed.changed.connect(self._follow)

    @property
    def live(self) -> bool:
        """Whether the newest weights are shown."""
        return self.moment is None

    @property
    def step(self) -> int | None:
        """The step that is looked at; None for the newest weights."""
        return None if self.moment is None else self.moment.step

    @property
    def wanted(self) -> int | None:
        """The same, or the step that will be as soon as the moments are listed."""
        return self.step if self._awaited is None else self._awaited

    @property
    def run(self) -> Path | None:
        """The run whose moments these are."""
        return self._run

    def look_at(self, step: int | None) -> None:
        """Show the kept weights nearest to a step; None for the newest.

        Where the moments are not listed yet, once they are.
        """
        if step is not None and not self._listed:
            self._awaited = step
            return
        self._awaited = None
        self._move(nearest(self.moments, step) if step is not None and self.moments else None)

    def step_by(self, places: int) -> None:
        """So many moments later or earlier; beyond the last come the newest weights."""
        if not self.moments:
            return
        last = len(self.moments)
        place = last if self.moment is None else self.moments.index(self.moment)
        place = max(place + places, 0)
        self._move(None if place >= last else self.moments[place])

    def refresh(self, run: Path) -> None:
        """The run keeps other moments than before."""
        if run == self._run:
            self.listWanted.emit(run)

    def set_moments(self, run: Path, moments: tuple[Moment, ...]) -> None:
        """What a run keeps; not of interest if another is displayed by now."""
        if run != self._run:
            return
        self.size, self.kept = sum(m.size for m in moments), sum(m.kept for m in moments)
        self.moments = one_a_step(tuple(m for m in moments if m.path not in self._lost))
        self._listed = True
        self.momentsChanged.emit()
        if self._awaited is not None:  # if it is gone, no moment of later takes its place
            self.look_at(self._awaited)
        elif self.moment is not None and self.moment not in self.moments:
            self.look_at(self.moment.step)

    def lose(self, moment: Moment, why: Failed) -> None:
        """A moment's file cannot be shown: say so, and show the newest weights in its place."""
        self._lost.add(moment.path)
        self.moments = tuple(known for known in self.moments if known != moment)
        if moment == self.moment:
            text = f"The weights of step {moment.step:,} cannot be shown, so you see the newest."
            self._messages.show_message(Message(f"{text} {why}", True, topic=LOST))
            self._move(None)
        else:
            self._messages.logged.emit(str(why))
        self.momentsChanged.emit()

    def limit_to(self, megabytes: int) -> None:
        """How much of the disk the moments of each run may take."""
        if megabytes != self.limit:
            self.limit = megabytes
            self.limitChanged.emit(megabytes)

    def clear(self) -> None:
        """Remove the moments of the displayed run that nobody refers to."""
        if self._run is not None:
            self.clearWanted.emit(self._run)

    def _move(self, moment: Moment | None) -> None:
        if moment != self.moment:
            self.moment = moment
            self.moved.emit(moment)
            self.askAgain.emit()

    def _follow(self, model: DisplayedModel) -> None:
        """Another run has other moments; one that ends or begins to train keeps its own."""
        run = model.path if model.is_run else None
        if run == self._run:
            return
        self._run, self._awaited, self._listed = run, None, False
        self.moments, self.size, self.kept = (), 0, 0
        self._lost.clear()
        if self.moment is not None:  # who selected the model asks it, once all have heard of it
            self.moment = None
            self.moved.emit(None)
        self.momentsChanged.emit()
        if run is not None:
            self.listWanted.emit(run)
