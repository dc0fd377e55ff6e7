"""Snapshots of a run on its way, a few dozen, closer together at the beginning."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress

from trainer.data.batches import Supply
from trainer.inference.model_files import export_model
from trainer.inference.snapshot import publish
from trainer.messages import UserError
from trainer.models.directions import Directions
from trainer.storage.files import is_missing
from trainer.storage.snapshots import MOST_BYTES, moments_in, remove, snapshot_path, surplus
from trainer.training.checkpoint import RunFolder
from trainer.training.slept import took
from trainer.training.state import TrainState

CLOSEST = 1.15  # each step is at least so many times the one before it
SHARE = 100  # a snapshot costs at most one part of so many of the training's time

log = logging.getLogger("iae-studio")


class History:
    """Keeps the EMA weights of a run now and then. It draws no random numbers of the run's.

    To be made while the run is held alone. What cannot be written is told in the log, and ends
    nothing. `most_bytes` says how much room all of them may take on the disk.
    """

    def __init__(
        self, run: RunFolder, state: TrainState, most_bytes: Callable[[], int] = lambda: MOST_BYTES
    ) -> None:
        self._run, self._last, self._cost, self._most_bytes = run, -1, 0.0, most_bytes
        self.spent = 0.0  # seconds, on all that were kept
        self._taken = time.monotonic()
        for moment in moments_in(run.path):
            if moment.step > state.step and not moment.kept:  # after the last checkpoint
                with suppress(OSError):
                    moment.path.unlink()
            elif moment.step <= state.step:
                self._last = max(self._last, moment.step)

    def keep_if_due(
        self, state: TrainState, batches: Supply, known: Directions | None = None
    ) -> bool:
        """Keep the weights of this step where it is time; whether they were kept.

        `known` directions were found lately: it takes most of the time to find others.
        """
        waited = time.monotonic() - self._taken
        due = state.step > self._last and state.step >= CLOSEST * self._last
        if not due or waited < SHARE * self._cost or not state.watch.sound:
            return False
        if is_missing(self._run.path / "recipe.json"):  # the disk was taken away, or the run
            return False
        return self.keep(state, batches, known)

    def keep(self, state: TrainState, batches: Supply, known: Directions | None = None) -> bool:
        """Keep the weights of this step; whether they were."""
        began = time.monotonic()
        self._last = state.step
        try:
            now = batches.at(state.step)
            snapshot = publish(state.ema, state.step, now.device, now, known)
            export_model(snapshot, snapshot_path(self._run.path, state.step), {})
            self._thin_out()
        except (UserError, OSError, RuntimeError, MemoryError) as error:
            # A full disk or memory, weights beyond 16 bits.
            log.info("No snapshot was kept of step %s. %s", f"{state.step:,}", error)
            return False
        finally:
            self._taken = time.monotonic()
            cost = took(began, self._taken, most=15.0)
            # Nothing was waited for before the first: the second is waited for twice as long.
            self._cost = cost if self.spent else 2 * cost
            self.spent += cost
        return True

    def _thin_out(self) -> None:
        remove(surplus(moments_in(self._run.path), most_bytes=self._most_bytes()))


__all__ = ["History"]
