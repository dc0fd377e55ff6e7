"""A training in a terminal: a progress bar, and a clean end by Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, nullcontext
from typing import Protocol

import numpy as np
from tqdm import tqdm

from trainer.devices.memory_words import in_short
from trainer.messages import Progress
from trainer.training.interrupts import Interrupts, interrupts_noted

LOG_SECONDS = 10.0  # between two lines of a bar that nobody watches


class Closable(Iterator[Progress], Protocol):
    """A training that can be ended early: a generator, or a `trainer.Training`."""

    def close(self) -> object:
        """Save and end."""


def train_with_bar(
    training: Closable, step: int, until: int, interrupts: Interrupts | None = None
) -> bool:
    """Go through a training from a step to another; False if a signal ended it early.

    Ctrl-C, and the system's wish to end, close the training between two steps, which saves it.
    """
    note, seldom = "", 0.1 if sys.stderr.isatty() else LOG_SECONDS
    with (
        interrupts_noted() if interrupts is None else nullcontext(interrupts) as noted,
        tqdm(total=until, initial=step, unit="step", dynamic_ncols=True, mininterval=seldom) as bar,
        closing(training),
    ):
        for progress in training:
            step = progress.step
            if noted.number:
                bar.disable = not noted.attended  # there may be no terminal any more
                break
            bar.update(step - bar.n)
            bar.set_postfix_str(_summary(progress), refresh=False)
            if progress.note != note:
                note = progress.note
                tell_above_bar(note)
    return step >= until or not noted.number


def tell_above_bar(text: str) -> None:
    """Write a line where a bar is drawn, without tearing it."""
    tqdm.write(text, file=sys.stderr)


def _summary(progress: Progress) -> str:
    """The memory, then the last report's mean losses, the games by their initials.

    D is a discriminator, G a generator. A narrow terminal cuts the end.
    """
    short = {
        "reconstruction": "rec",
        "regularisation": "reg",
        "discriminator": "D",
        "generator": "G",
    }
    parts = [] if progress.memory is None else [in_short(progress.memory)]
    for column, name in enumerate(progress.names):
        values = progress.losses[:, column]
        if not np.isnan(values).all() and "R1" not in name:
            words = [short.get(word, word) for word in name.split()]
            parts.append(f"{' '.join(words)} {np.nanmean(values):.3f}")
    return ", ".join(filter(None, parts))
