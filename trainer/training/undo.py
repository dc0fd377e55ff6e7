"""What a step touches before it moves the weights: put back where it breaks off."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.training.state import TrainState


class Undo:
    """A state as it was before a step, but for the weights.

    A step draws random numbers and moves batch-norm statistics before it moves weights. Where it
    breaks off until then (the memory is full, images are gone), the state is put back to the last
    bit; later it is torn, and stays so.
    """

    def __init__(self, state: TrainState) -> None:
        self._state, self._noted = state, -1
        self._rng = state.rng.get_state()
        self._statistics = list(state.model.buffers())
        self._before = [value.clone() for value in self._statistics]

    def note(self) -> None:
        """Before a step; not before one that a GPU replays, which breaks off nowhere."""
        self._noted = self._state.step
        self._rng = self._state.rng.get_state()
        if self._before:
            _copy(self._before, self._statistics)

    def __call__(self) -> None:
        """Put back what can be."""
        state = self._state
        if state.torn:
            return
        state.model.discriminators.requires_grad_(True)
        for optimiser in state.optimisers.values():
            optimiser.zero_grad()  # frees memory
        if self._noted == state.step:
            state.rng.set_state(self._rng)
            if self._before:
                _copy(self._statistics, self._before)


@torch.no_grad()
def _copy(into: list[Tensor], values: list[Tensor]) -> None:
    torch._foreach_copy_(into, values)
