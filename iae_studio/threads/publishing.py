"""The weights of a run, handed out while it trains."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from iae_studio.threads.drawing import no_picture
from iae_studio.threads.failures import describe_passing
from iae_studio.threads.reports import TrainingReports
from iae_studio.threads.shortage import Shortage
from trainer.messages import Failed

if TYPE_CHECKING:
    from trainer.inference.snapshot import Snapshot
    from trainer.models.directions import Directions
    from trainer.training.aside import Course
    from trainer.training.loop import TrainState

PUBLISH_SECONDS = 1.0
DIRECTIONS_SECONDS = 20.0


class Publisher:
    """Makes pictures possible of the newest weights, on the training thread."""

    def __init__(self, reports: TrainingReports) -> None:
        self._reports = reports
        self.directions: Directions | None = None  # found lately: seconds ago, not minutes
        self._published = self._renewed = time.monotonic()
        self._complained = ""
        self.shortage = Shortage()

    def publish_if_due(self, state: TrainState, batches: Course) -> None:
        """About once a second."""
        now = time.monotonic()
        if now - self._published > PUBLISH_SECONDS:
            self.publish(state, batches, renew=now - self._renewed > DIRECTIONS_SECONDS)

    def publish(self, state: TrainState, batches: Course, renew: bool) -> None:
        """Hand out the weights. The directions are kept for a while: sliders keep their sense.

        A picture that fails is told, and never ends the training; a lost GPU does.
        """
        try:
            snapshot = self._snapshot(state, batches, renew)
        except Exception as error:
            self._complain(no_picture(describe_passing(error)))
            self._published = time.monotonic()
            return
        self._complained = ""
        self.directions = snapshot.directions
        self._published = time.monotonic()
        if renew:
            self._renewed = self._published
        self._reports.publish(snapshot)

    def _snapshot(self, state: TrainState, batches: Course, renew: bool) -> Snapshot:
        """A copy of the weights beside them; where there is no room for it, on the CPU."""
        from trainer.devices.alone import beside
        from trainer.inference.snapshot import publish, publish_on_cpu

        now, known = batches.at(state.step), self.directions
        where = beside(now.device)
        if not self.shortage.lasts:
            there = known is not None and known.mean_image.device == where
            kept = known if there and not renew else None  # others are of a shortage
            try:
                made = publish(state.ema, state.step, now.device, now, kept)
                return made if where == now.device else made.on(where)
            except Exception as error:
                if not self.shortage.begins_by(error, str(now.device)):
                    raise
            self.shortage.make_room()
        return publish_on_cpu(state.ema, state.step, now, known)

    def _complain(self, told: Failed) -> None:
        """Told once, not once a second."""
        if str(told) != self._complained:
            self._complained = str(told)
            self._reports.failed.emit(told)
