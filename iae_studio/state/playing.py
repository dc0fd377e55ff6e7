"""The moments of a run played one after the other, as fast as they are drawn."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from iae_studio.state.answers import Answers
from iae_studio.state.displayed import Displayed
from iae_studio.state.inputs import InputImages
from iae_studio.state.query import Query
from iae_studio.state.time import Time
from trainer.messages import Cloud, Clusters, Rendering
from trainer.storage.snapshots import Moment

SPEEDS = (1, 2, 4)
REST = 480  # ms that a moment stands at the speed of 1

Steps = tuple[int, int]


class Playing(QObject):
    """Plays from the moment that is looked at to the newest weights, or round and round a range.

    The next moment comes when the one before is drawn, and not before its time.
    """

    changed = Signal()

    def __init__(
        self,
        time: Time,
        displayed: Displayed,
        inputs: InputImages,
        query: Query,
        answers: Answers,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._time, self._displayed, self._inputs = time, displayed, inputs
        self._query, self._answers = query, answers
        self.on = False
        self.speed = SPEEDS[0]
        self.loop: Steps | None = None  # the first and the last step of the range
        self._awaited = 0  # the stamp of the picture that is on its way
        self._moves = False
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._advance)
        for drawn in (answers.rendered, answers.clouded, answers.clustered):
            drawn.connect(self._drawn)
        time.moved.connect(self._moved)
        time.momentsChanged.connect(self._follow)

    # ---- hands -------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play, or stay at this moment."""
        if self.on:
            self.stop()
        elif self._time.moments:
            self.on = True
            self.changed.emit()
            self._advance()

    def stop(self) -> None:
        """Stay at this moment."""
        if self.on:
            self.on = False
            self._timer.stop()
            self.changed.emit()

    def faster(self) -> None:
        """The next speed; after the highest comes the lowest."""
        self.speed = SPEEDS[(SPEEDS.index(self.speed) + 1) % len(SPEEDS)]
        self.changed.emit()

    def toggle_loop(self) -> None:
        """Round and round all moments that there are, or once to the newest."""
        moments = self._time.moments
        whole = (moments[0].step, moments[-1].step) if len(moments) > 1 else None
        self.loop_over(whole if self.loop is None else None)

    def loop_over(self, steps: Steps | None) -> None:
        """Play the moments from one step to another again and again; None: all, once."""
        if steps != self.loop:
            self.loop = steps
            self.changed.emit()

    # ---- time --------------------------------------------------------------------------------

    def _range(self) -> list[Moment]:
        """What is played: at least one, as long as there is any."""
        moments = list(self._time.moments)
        if self.loop is None:
            return moments
        first, last = self.loop
        return [m for m in moments if first <= m.step <= last] or moments

    def _advance(self) -> None:
        """To the next moment; after the last one to the newest weights, or to the first again."""
        played, now = self._range(), self._time.moment
        if not self.on or not played:
            self.stop()
            return
        later = [] if now is None else [m for m in played if m.step > now.step]
        if later and now is not None and now.step >= played[0].step:
            self._go(later[0].step)
        elif now is None or self.loop is not None:
            self._go(played[0].step)
        else:
            self.stop()
            self._time.look_at(None)

    def _go(self, step: int) -> None:
        self._clock.start()
        self._moves = True
        self._time.look_at(step)
        self._moves = False
        self._awaited = self._answers.probe().stamp
        if not self._draws():
            self._timer.start(REST // self.speed)

    def _draws(self) -> bool:
        """Whether a picture is on its way."""
        points = self._displayed.recipe.two_dimensional
        return points or self._query.shows_clusters or bool(self._inputs.images)

    def _drawn(self, answer: Rendering | Cloud | Clusters) -> None:
        if self.on and answer.stamp >= self._awaited and not self._timer.isActive():
            self._timer.start(max(REST // self.speed - int(self._clock.elapsed()), 0))

    def _moved(self, moment: Moment | None) -> None:
        """A hand that wants the newest weights wants no others to follow."""
        if moment is None and not self._moves:
            self.stop()

    def _follow(self) -> None:
        """Another run: its range is another one, too."""
        if not self._time.moments:
            self.stop()
            self.loop_over(None)
