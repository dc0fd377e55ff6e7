"""A training that is kept on disk while it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from trainer.data.batches import TrainingBatches
from trainer.messages import Progress, UserError
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import TrainState, run

SAVE_SECONDS = 15.0  # between two checkpoints


def run_saved(
    state: TrainState,
    batches: TrainingBatches,
    until: int,
    folder: RunFolder,
    *,
    deadline: float = float("inf"),
    save_every: float = SAVE_SECONDS,
    saving: Callable[[], None] = lambda: None,
    not_saved: Callable[[str], None] = lambda why: None,
) -> Generator[Progress, None, None]:
    """Train as `run` does and save regularly, at the end, and when the generator is closed early.

    It ends by itself when time.monotonic() passes `deadline`. `saving` is called before each
    checkpoint, `not_saved` where one on the way fails. Raises DivergedError, without saving, and
    UserError where the last checkpoint cannot be written.
    """
    saved, cost = time.monotonic(), 0.0
    try:
        for progress in run(state, batches, until):
            folder.record(progress)
            yield progress
            now = time.monotonic()
            if now > deadline:
                break
            # A big network's checkpoint takes long: never spend over a fiftieth of the time on it.
            # Nor overwrite a good one while the losses are astray.
            if now - saved > max(save_every, 50 * cost) and state.watch.sound:
                saving()
                try:
                    folder.save(state, batches)
                except UserError as error:  # a full disk may have room again later
                    not_saved(str(error))
                saved = time.monotonic()
                cost = saved - now
    except GeneratorExit:  # closed between two steps: the state is whole
        saving()
        folder.save(state, batches)
        raise
    saving()
    folder.save(state, batches)
