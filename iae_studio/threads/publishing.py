"""The weights of a run, handed out while it trains."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from iae_studio.threads.failures import describe_passing
from iae_studio.threads.reports import TrainingReports

if TYPE_CHECKING:
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

    def publish_if_due(self, state: TrainState, batches: Course) -> None:
        """About once a second."""
        now = time.monotonic()
        if now - self._published > PUBLISH_SECONDS:
            self.publish(state, batches, renew=now - self._renewed > DIRECTIONS_SECONDS)

    def publish(self, state: TrainState, batches: Course, renew: bool) -> None:
        """Hand out the weights. The directions are kept for a while: sliders keep their sense.

        A picture that fails is told, and never ends the training; a lost GPU does.
        """
        from trainer.inference.snapshot import publish

        known = None if renew else self.directions
        try:
            now = batches.at(state.step)
            snapshot = publish(state.ema, state.step, now.device, now, known)
        except Exception as error:
            self._reports.failed.emit(describe_passing(error))
            self._published = time.monotonic()
            return
        self.directions = snapshot.directions
        self._published = time.monotonic()
        if renew:
            self._renewed = self._published
        self._reports.publish(snapshot)
