"""Whether all numbers of a training are finite: losses may be so while what is kept is not."""

from __future__ import annotations

import time
from collections.abc import Iterable

import torch
from torch import Tensor

from trainer.messages import DivergedError
from trainer.training.slept import took
from trainer.training.state import TrainState

SHARE = 0.005  # of the time may be spent on looking


def diverged(step: int) -> DivergedError:
    """What is said of a training whose numbers left the finite ones, or all sense."""
    return DivergedError(
        f"The training diverged near step {step:,}. Start again with smaller "
        "learning rates (generator_rate, discriminator_rate, encoder_rate) or another r1. What was "
        "saved of it, if anything, is from before that."
    )


def all_finite(tensors: Iterable[Tensor]) -> bool:
    """Whether no number is infinite or NaN; one pass over the memory, one look at the device."""
    floating = [value.detach() for value in tensors if value.is_floating_point() and value.numel()]
    if not floating:
        return True
    # A sum is finite only where all its terms are; where it is not, it may have overflowed.
    sums = torch.stack([value.sum(dtype=torch.float32) for value in floating])
    doubtful = [floating[k] for k in (~sums.isfinite()).cpu().nonzero().flatten().tolist()]
    return all(bool(value.isfinite().all()) for value in doubtful)


def is_finite(state: TrainState) -> bool:
    """Whether weights, statistics, averages and the optimisers' moments are finite."""
    moments = (
        value
        for optimiser in state.optimisers.values()
        for memory in optimiser.state.values()
        for value in memory.values()
        if isinstance(value, Tensor)
    )
    return all_finite(
        [*state.model.state_dict().values(), *state.ema.state_dict().values(), *moments]
    )


class FiniteWatch:
    """Looks at a state now and then, so seldom that it costs next to nothing."""

    def __init__(self) -> None:
        self._next = 0.0

    def lost(self, state: TrainState, now: bool) -> bool:
        """Whether a number is not finite; it is looked at `now`, or when it is due."""
        began = time.perf_counter()
        if not now and began < self._next:
            return False
        found = not is_finite(state)
        ended = time.perf_counter()
        self._next = ended + took(began, ended, most=5.0) / SHARE
        return found
