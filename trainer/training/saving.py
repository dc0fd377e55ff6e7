"""A training that is kept on disk while it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from trainer.data.batches import Supply
from trainer.messages import DivergedError, Progress, UserError
from trainer.training.checkpoint import RunFolder
from trainer.training.interrupts import InsistedError
from trainer.training.last_save import Again, never, save_at_last
from trainer.training.loop import TrainState, Until, run

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

    It ends by itself when time.monotonic() passes `deadline`. `saving` is called before each
    checkpoint, `not_saved` where one on the way fails, `again` where the last one does: see
    `save_at_last`. `keep` is offered the state after each report. Where a step
    fails, the steps before it are saved first.

    Raises DivergedError, without saving, and UserError where the last checkpoint cannot be written.
    """
    saved, cost, kept = time.monotonic(), 0.0, state.step
    try:
        for progress in run(state, batches, until):
            folder.record(progress)
            yield progress
            keep(state, batches)
            now = time.monotonic()
            if now > deadline:
                break
            # A big network's checkpoint takes long: never spend over a fiftieth of the time on it.
            # Nor overwrite a good one while the losses are astray.
            if now - saved > max(save_every, 50 * cost) and state.watch.sound:
                saving()
                try:
                    folder.save(state, batches)
                    kept = state.step
                except DivergedError:
                    raise
                except UserError as error:  # a full disk may have room again later
                    not_saved(str(error))
                saved = time.monotonic()
                cost = saved - now
    except GeneratorExit:  # closed between two steps: the state is whole
        saving()
        save_at_last(folder, state, batches, again)
        raise
    except (DivergedError, InsistedError):
        raise
    except BaseException as error:
        if state.step > kept:
            error.add_note(_rescued(folder, state, batches, saving))
        raise
    saving()
    save_at_last(folder, state, batches, again)


def _rescued(
    folder: RunFolder, state: TrainState, batches: Supply, saving: Callable[[], None]
) -> str:
    """Save the steps before the one that failed; what became of them."""
    try:
        saving()
        save_at_last(folder, state, batches)
    except Exception as error:  # the device may be lost, too
        return str(error)
    return f"Saved at step {state.step:,} in {folder.path}."
