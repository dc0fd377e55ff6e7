"""What time needs of the disk: curves, and the room that moments take."""

from __future__ import annotations

from functools import partial
from itertools import zip_longest
from pathlib import Path

from PySide6.QtCore import QSettings

from iae_studio.controller import Controller
from iae_studio.settings import whole
from iae_studio.state.curves import Family
from iae_studio.state.studio_state import StudioState
from iae_studio.state.submit import Submit
from iae_studio.state.time import MEGABYTE
from iae_studio.threads.render import RenderThread
from iae_studio.threads.train import TrainingThread
from trainer.storage.faults import in_words
from trainer.storage.snapshots import Moment, moments_in, remove, surplus

LIMIT = "moments_megabytes"  # of each run
LEAST, MOST = 10, 1_000_000


class TimeController(Controller):
    """Lists, limits and removes moments; reads the losses of the displayed run."""

    def __init__(
        self,
        state: StudioState,
        settings: QSettings,
        submit: Submit,
        render: RenderThread,
        training: TrainingThread,
    ) -> None:
        super().__init__()
        self._state, self._settings, self._submit = state, settings, submit
        self._training, self._render = training, render
        time = state.time
        time.limit_to(whole(settings, LIMIT, LEAST, MOST, time.limit))
        training.most_bytes = MEGABYTE * time.limit
        time.moved.connect(self._look_at)
        time.listWanted.connect(self._list)
        time.limitChanged.connect(self._limit)
        time.clearWanted.connect(lambda run: self._remove(run, partial(_unkept, run)))
        state.curves.readWanted.connect(self._read)
        render.momentLost.connect(time.lose)
        training.momentKept.connect(time.refresh)

    def _look_at(self, moment: Moment | None) -> None:
        """A hand that moves comes to the moments beside it next."""
        moments = self._state.time.moments
        at = moments.index(moment) if moment in moments else len(moments)
        later, earlier = moments[at + 1 : at + 3], moments[max(at - 2, 0) : at][::-1]
        near = [each for pair in zip_longest(earlier, later) for each in pair if each is not None]
        self._render.look_at(moment, tuple(near))

    def _list(self, run: Path) -> None:
        then = partial(self._state.time.set_moments, run)
        self._submit(partial(moments_in, run), then=then, newest="moments")

    def _read(self, run: Path) -> None:
        from iae_studio.threads.curves import read_family

        self._submit(partial(read_family, run), then=self._know, newest="curves")

    def _know(self, family: Family) -> None:
        if family.problem:
            self._state.messages.logged.emit(family.problem)
        self._state.curves.set_family(family)

    def _limit(self, megabytes: int) -> None:
        self._settings.setValue(LIMIT, megabytes)
        self._training.most_bytes = MEGABYTE * megabytes
        run = self._state.time.run
        if run is not None:
            self._remove(run, partial(_too_many, run, MEGABYTE * megabytes))

    def _remove(self, run: Path, job: partial[None]) -> None:
        """A worker removes them; what is left is listed anew, also where that failed."""
        refresh = partial(self._state.time.refresh, run)
        self._submit(job, then=lambda _: refresh(), otherwise=refresh)


def _unkept(run: Path) -> None:
    _take_away(run, [moment for moment in moments_in(run) if not moment.kept])


def _too_many(run: Path, most_bytes: int) -> None:
    _take_away(run, surplus(moments_in(run), most_bytes=most_bytes))


def _take_away(run: Path, moments: list[Moment]) -> None:
    with in_words(run, "cannot be changed"):
        remove(moments)
