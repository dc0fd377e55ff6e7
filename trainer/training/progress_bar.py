"""A training in a terminal: a progress bar, and a clean end by Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Protocol

import numpy as np
from tqdm import tqdm

from trainer.messages import Progress

LOG_SECONDS = 10.0  # between two lines of a bar that nobody watches


class Closable(Iterator[Progress], Protocol):
    """A training that can be ended early: a generator, or a `trainer.Training`."""

    def close(self) -> object:
        """Save and end."""


def train_with_bar(training: Closable, step: int, until: int) -> bool:
    """Go through a training from a step to another; False if Ctrl-C ended it early.

    Ctrl-C closes the training between two steps, which saves it.
    """
    note, seldom = "", 0.1 if sys.stderr.isatty() else LOG_SECONDS
    with (
        _interrupt_noted() as interrupted,
        tqdm(total=until, initial=step, unit="step", dynamic_ncols=True, mininterval=seldom) as bar,
        closing(training),
    ):
        for progress in training:
            step = progress.step
            bar.update(step - bar.n)
            bar.set_postfix_str(_summary(progress), refresh=False)
            if progress.note != note:
                note = progress.note
                tell_above_bar(note)
            if interrupted.is_set():
                break
    return step >= until or not interrupted.is_set()


def tell_above_bar(text: str) -> None:
    """Write a line where a bar is drawn, without tearing it."""
    tqdm.write(text, file=sys.stderr)


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
