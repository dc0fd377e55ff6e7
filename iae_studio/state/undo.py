"""Undo and redo of everything that is explored; nothing that trains or lies on the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.exploration import Exploration, exploration, explore_again
from iae_studio.state.explored_changes import IMAGES, MERGED, MOMENT, brought, changes, size_of
from iae_studio.state.studio_state import StudioState
from iae_studio.state.training import State

MOST = 200  # steps
MOST_BYTES = 1 << 28  # of all images that steps hold and that are not there any more
TOGETHER = 0.8  # s between two moves of a slider that are one step ...
PLAYING = 3.0  # ... and between two moments, one of which may follow the other by itself
SOON = 50  # ms until it is looked again whether a button of the mouse is still held


class Undo(QObject):
    """Takes what is explored down after each thing that is done, and shows it again.

    What arrives by itself, test images of a model that was chosen, say, belongs to the last step.
    """

    changed = Signal()  # what can be undone, or redone, is something else
    _next = Signal()  # comes before the next key or click

    def __init__(
        self,
        state: StudioState,
        held: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = monotonic,
        parent: QObject | None = None,
    ) -> None:
        """`held`: whether the user's hand is amid something, a slider's way, say."""
        super().__init__(parent)
        self._state, self._held, self._clock = state, held, clock
        self._past: list[tuple[str, Exploration]] = []  # what was done, and how it was before
        self._future: list[tuple[str, Exploration]] = []  # what was undone, and how it was then
        self._now: Exploration | None = None  # None: nothing is taken down yet
        self._pending: set[str] = set()  # what arrives by itself
        self._model = state.displayed.model
        self._last, self._since = "", 0.0
        self._called = False  # `_next` is on its way
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._look)
        self._next.connect(self._look, Qt.ConnectionType.QueuedConnection)
        query = state.query
        for cause in (
            *(query.changed, query.noiseChanged, query.picturesChanged, query.basisChanged),
            *(state.inputs.changed, state.inputs.exchanged, state.displayed.changed),
            *(state.time.moved, state.selection.changed, state.marks.changed),
        ):
            cause.connect(lambda *_: self._call())
        state.displayed.changed.connect(self._model_changed)

    @property
    def undoes(self) -> str:
        """What can be undone, in words; empty where there is nothing."""
        return self._past[-1][0] if self._past else ""

    @property
    def redoes(self) -> str:
        """What can be redone."""
        return self._future[-1][0] if self._future else ""

    @property
    def steps(self) -> int:
        """How many can be undone."""
        return len(self._past)

    @property
    def begun(self) -> bool:
        """Whether steps are taken down."""
        return self._now is not None

    def begin(self) -> None:
        """What is there now is what the first step begins with."""
        if self._now is None:
            self._take_down()

    def end(self) -> None:
        """The window closes: nothing is taken down any more."""
        self._now = None
        self._past, self._future = [], []

    def undo(self) -> str:
        """Show how it was before the last step; what was undone, empty where there was nothing."""
        self.settle()
        return self._go(self._past, self._future)

    def redo(self) -> str:
        """Show how it was before that was undone; what was redone."""
        self.settle()
        return self._go(self._future, self._past)

    def settle(self) -> None:
        """Take down what is explored now, as a step where something was done."""
        before = self._now
        if before is None:
            return
        now = exploration(self._state)
        late = self._pending if brought(before, now) else set()
        done = [each for each in changes(before, now) if each not in late]
        if not done:
            self._now, self._pending = now, self._pending & self._awaited()
            return
        self._add(done[0], before)
        self._take_down()
        self.changed.emit()

    # ---- steps -------------------------------------------------------------------------------

    def _call(self) -> None:
        if not self._called:
            self._called = True
            self._next.emit()

    def _look(self) -> None:
        self._called = False
        if self._held():
            self._rest.start(SOON)
        else:
            self.settle()

    def _take_down(self) -> None:
        self._now, self._pending = exploration(self._state), self._awaited()

    def _awaited(self) -> set[str]:
        """What is on its way."""
        time = self._state.time
        waits = {IMAGES: self._state.inputs.pending, MOMENT: time.wanted != time.step}
        return {what for what, on_its_way in waits.items() if on_its_way}

    def _add(self, done: str, before: Exploration) -> None:
        now, patience = self._clock(), PLAYING if done == MOMENT else TOGETHER
        goes_on = done == self._last and done.startswith(MERGED) and now - self._since < patience
        self._last, self._since = done, now
        self._future.clear()
        if goes_on and self._past:
            return
        self._past.append((done, before))
        del self._past[:-MOST]
        while len(self._past) > 1 and self._size() > MOST_BYTES:
            del self._past[0]

    def _size(self) -> int:
        return size_of((known for _, known in self._past), self._state.inputs.kept())

    def _go(
        self, source: list[tuple[str, Exploration]], other: list[tuple[str, Exploration]]
    ) -> str:
        if not source or self._now is None:
            return ""
        done, wanted = source.pop()
        other.append((done, self._now))
        self._show(wanted)
        self._last = ""
        self._take_down()
        self.changed.emit()
        return done

    def _show(self, wanted: Exploration) -> None:
        """With the drawing that is on the pad now: the pad has an undo of its own."""
        drawn = tuple(known for known in self._state.inputs.kept().inputs if known.drawing)
        if not drawn:
            explore_again(self._state, wanted)
            return
        rest = tuple(known for known in wanted.inputs.inputs if not known.drawing)
        gone = len(wanted.inputs.inputs) - len(rest)
        row = wanted.row if wanted.row < 0 else max(wanted.row + len(drawn) - gone, 0)
        inputs = replace(wanted.inputs, inputs=(*drawn, *rest))
        explore_again(self._state, replace(wanted, inputs=inputs, row=row))

    # ---- a training is nobody's step ---------------------------------------------------------

    def _model_changed(self, model: DisplayedModel) -> None:
        """A training that begins shows its own weights, and one that ends the run they are in.

        All steps are from now on about these.
        """
        before, self._model = self._model, model
        began = model.live and self._state.training.state is State.LOADING
        ended = before.live and not model.live and model.path == self._state.training.run_path
        if self._now is None or before == model or not (began or ended):
            return

        def of_now(known: Exploration) -> Exploration:
            same = known.model == before or replace(known.model, live=True) == before
            return replace(known, model=model) if same else known

        self._now = of_now(self._now)
        self._past = [(done, of_now(known)) for done, known in self._past]
        self._future = [(done, of_now(known)) for done, known in self._future]
