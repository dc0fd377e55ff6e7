"""What a step touches before it moves the weights: put back where it breaks off."""

from __future__ import annotations

from torch import Tensor

from trainer.training.state import TrainState


class Undo:
    """A state as it was before a step, but for the weights.

    A step draws random numbers and moves batch-norm statistics before it moves weights. Where it
    breaks off until then (the memory is full, images are gone), the state is put back to the last
    bit; later it is torn, and stays so.
    """

    def __init__(self, state: TrainState) -> None:
        self._state = state
        self._rng = state.rng.get_state()
        self._statistics: list[tuple[Tensor, Tensor]] = [
            (value, value.clone()) for value in state.model.buffers()
        ]

    def __call__(self) -> None:
        """Put back what can be."""
        state = self._state
        if state.torn:
            return
        state.model.discriminators.requires_grad_(True)
        for optimiser in state.optimisers.values():
            optimiser.zero_grad()  # frees memory
        state.rng.set_state(self._rng)
        for value, before in self._statistics:
            value.copy_(before)
