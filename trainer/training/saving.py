"""A training that is kept on disk while it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

from trainer.data.batches import Supply
from trainer.devices.faults import device_is_lost
from trainer.messages import DivergedError, Progress, UserError
from trainer.training.checkpoint import RunFolder
from trainer.training.interrupts import InsistedError
from trainer.training.last_save import Again, never, save_at_last
from trainer.training.loop import TrainState, Until, run
from trainer.training.lost_device import lost_training
from trainer.training.slept import slept, took

SAVE_SECONDS = 15.0  # between two checkpoints
Keep = Callable[[TrainState, Supply], object]


def nothing(state: TrainState, batches: Supply) -> None:
    """Keep no snapshots on the way."""


def run_saved(
    state: TrainState,
    batches: Supply,
    until: Until,
    folder: RunFolder,
    *,
    deadline: float = float("inf"),
    save_every: float = SAVE_SECONDS,
    saving: Callable[[], None] = lambda: None,
    not_saved: Callable[[str], None] = lambda why: None,
    again: Again = never,
    keep: Keep = nothing,
) -> Generator[Progress, None, None]:
    """Train as `run` does and save regularly, at the end, and when the generator is closed early.

    It ends by itself when time.monotonic() passes `deadline`; hours that the computer sleeps
    through do not count. `saving` is called before each
    checkpoint, `not_saved` where one on the way fails, `again` where the last one does: see
    `save_at_last`. `keep` is offered the state after each report. Where a step
    fails, the steps before it are saved first.

    Raises DivergedError and DeviceLostError, without saving, and UserError where the last
    checkpoint cannot be written.
    """
    limits = _Saving(deadline, save_every, saving, not_saved, again, keep)
    try:
        yield from _trained(state, batches, until, folder, limits)
    except Exception as error:
        if not device_is_lost(error):
            raise
        raise lost_training(error, folder, state, batches) from error


@dataclass(frozen=True)
class _Saving:
    """When and how it is saved: see `run_saved`."""

    deadline: float
    save_every: float
    saving: Callable[[], None]
    not_saved: Callable[[str], None]
    again: Again
    keep: Keep


def _trained(
    state: TrainState, batches: Supply, until: Until, folder: RunFolder, limits: _Saving
) -> Generator[Progress, None, None]:
    saved, cost, kept = time.monotonic(), 0.0, state.step
    deadline, before = limits.deadline, saved
    try:
        for progress in run(state, batches, until):
            folder.record(progress)
            yield progress
            limits.keep(state, batches)
            now = time.monotonic()
            deadline += slept(before, now)
            before = now
            if now > deadline:
                break
            # A big network's checkpoint takes long: never spend over a fiftieth of the time on it.
            # Nor overwrite a good one while the losses are astray.
            if now - saved > max(limits.save_every, 50 * cost) and state.watch.sound:
                limits.saving()
                try:
                    folder.save(state, batches)
                    kept = state.step
                except DivergedError:
                    raise
                except UserError as error:  # a full disk may have room again later
                    limits.not_saved(str(error))
                saved = time.monotonic()
                cost = took(now, saved)
    except GeneratorExit:  # closed between two steps: the state is whole
        limits.saving()
        save_at_last(folder, state, batches, limits.again)
        raise
    except (DivergedError, InsistedError):
        raise
    except BaseException as error:
        if state.step > kept and not device_is_lost(error):
            error.add_note(_rescued(folder, state, batches, limits.saving))
        raise
    limits.saving()
    save_at_last(folder, state, batches, limits.again)


def _rescued(
    folder: RunFolder, state: TrainState, batches: Supply, saving: Callable[[], None]
) -> str:
    """Save the steps before the one that failed; what became of them."""
    try:
        saving()
        save_at_last(folder, state, batches)
    except Exception as error:  # the device may be lost by now
        return str(error)
    return f"Saved at step {state.step:,} in {folder.path}."
