"""Snapshots of a run on its way, a few dozen, closer together at the beginning."""

from __future__ import annotations

import logging
import time
from contextlib import suppress

from trainer.data.batches import Supply
from trainer.inference.model_files import export_model
from trainer.inference.snapshot import publish
from trainer.messages import UserError
from trainer.storage.files import is_missing
from trainer.storage.snapshots import Moment, moments_in, snapshot_path
from trainer.training.checkpoint import RunFolder
from trainer.training.state import TrainState

MOST = 48  # snapshots of a run; beyond that the ones closest to each other go
CLOSEST = 1.15  # each step is at least so many times the one before it
SHARE = 100  # a snapshot costs at most one part of so many of the training's time

log = logging.getLogger("iae-studio")


class History:
    """Keeps the EMA weights of a run now and then. It draws no random numbers of the run's.

    To be made while the run is held alone. What cannot be written is told in the log, and ends
    nothing.
    """

    def __init__(self, run: RunFolder, state: TrainState) -> None:
        self._run, self._last, self._cost = run, -1, 0.0
        self._taken = time.monotonic()
        for moment in moments_in(run.path):
            if moment.step > state.step and not moment.kept:  # after the last checkpoint
                with suppress(OSError):
                    moment.path.unlink()
            else:
                self._last = max(self._last, moment.step)

    def keep_if_due(self, state: TrainState, batches: Supply) -> bool:
        """Keep the weights of this step where it is time; whether they were kept."""
        waited = time.monotonic() - self._taken
        due = state.step > self._last and state.step >= CLOSEST * self._last
        if is_missing(self._run.path / "recipe.json"):  # the disk was taken away, or the run
            return False
        if not due or waited < SHARE * self._cost or not state.watch.sound:
            return False
        return self.keep(state, batches)

    def keep(self, state: TrainState, batches: Supply) -> bool:
        """Keep the weights of this step; whether they were."""
        began = time.monotonic()
        self._last = state.step
        try:
            now = batches.at(state.step)
            snapshot = publish(state.ema, state.step, now.device, now)
            export_model(snapshot, snapshot_path(self._run.path, state.step), {})
            self._thin_out()
        except (UserError, OSError, RuntimeError) as error:  # a full disk, weights beyond 16 bits
            log.info("No snapshot was kept of step %s. %s", f"{state.step:,}", error)
            return False
        finally:
            self._taken = time.monotonic()
            self._cost = self._taken - began
        return True

    def _thin_out(self) -> None:
        """The first and the last stay, and what somebody refers to."""
        known = [moment for moment in moments_in(self._run.path) if not moment.kept]
        while len(known) > MOST:
            gaps = [(after.step + 1) / (before.step + 1) for before, after in _around(known)]
            known.pop(1 + gaps.index(min(gaps))).path.unlink(missing_ok=True)


def _around(known: list[Moment]) -> list[tuple[Moment, Moment]]:
    """The neighbours of each but the first and the last."""
    return list(zip(known, known[2:], strict=False))


__all__ = ["History"]
