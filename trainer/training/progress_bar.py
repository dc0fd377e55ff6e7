"""A training in a terminal: a progress bar, checkpoints, and a clean end by Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from tqdm import tqdm

from trainer.data.batches import TrainingBatches
from trainer.messages import Progress, UserError
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import run
from trainer.training.state import TrainState

LOG_SECONDS = 10.0  # between two lines of a bar that nobody watches


def train_with_bar(
    state: TrainState,
    batches: TrainingBatches,
    until: int,
    folder: RunFolder,
    deadline: float,
    save_every: float,
    saving: Callable[[], None] = lambda: None,
) -> bool:
    """Train and save, until time is up; False if Ctrl-C ended it early.

    `saving` is called before each checkpoint.
    """
    saved, cost, note = time.monotonic(), 0.0, ""
    with _interrupt_noted() as interrupted, _bar(state.step, until) as bar:
        for progress in run(state, batches, until):
            folder.record(progress)
            bar.update(progress.step - bar.n)
            bar.set_postfix_str(_summary(progress), refresh=False)
            if progress.note != note:
                note = progress.note
                tqdm.write(note, file=sys.stderr)
            now = time.monotonic()
            if now > deadline or interrupted.is_set():
                break
            # A big network's checkpoint takes long: never spend over a fiftieth of the time on it.
            if now - saved > max(save_every, 50 * cost):
                saving()
                try:
                    folder.save(state, batches)
                except UserError as error:  # a full disk may have room again later
                    tqdm.write(str(error), file=sys.stderr)
                saved = time.monotonic()
                cost = saved - now
        saving()
        folder.save(state, batches)
    return state.step >= until or not interrupted.is_set()


def _bar(step: int, until: int) -> tqdm[None]:
    seldom = 0.1 if sys.stderr.isatty() else LOG_SECONDS
    return tqdm(total=until, initial=step, unit="step", dynamic_ncols=True, mininterval=seldom)


@contextmanager
def _interrupt_noted() -> Iterator[threading.Event]:
    """Ctrl-C sets the event: raised in the middle of a step it would tear the state apart.

    A second Ctrl-C is raised at once.
    """
    noted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return

    def note(number: int, frame: object) -> None:
        if noted.is_set():
            raise KeyboardInterrupt
        noted.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


def _summary(progress: Progress) -> str:
    """The last report's mean losses, the games by their initials: D discriminator, G generator."""
    short = {
        "reconstruction": "rec",
        "regularisation": "reg",
        "discriminator": "D",
        "generator": "G",
    }
    parts = []
    for column, name in enumerate(progress.names):
        values = progress.losses[:, column]
        if not np.isnan(values).all() and "R1" not in name:
            words = [short.get(word, word) for word in name.split()]
            parts.append(f"{' '.join(words)} {np.nanmean(values):.3f}")
    return ", ".join(parts)
