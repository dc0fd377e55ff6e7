"""The memory that a step of a training takes at its peak.

On a GPU torch tells it. Of the CPU's memory nobody tells that, so what the operators return is
counted, and something added for what they take inside.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from trainer.training.state import TrainState

# Times what a step makes beside what lives on, for what the CPU's operators take for themselves and
# the allocator cannot use. With it the peak of 9 processes was met within a quarter (recipes of all
# kinds, batches of 16 to 4,096).
HIDDEN = 1.4
# What a step of a GPU took stays with torch, and one that is captured has the same once more.
CAPTURED = 2


@dataclass(frozen=True)
class Peak:
    """The memory of a step, in bytes."""

    batch: int  # images
    size: int  # at its peak, and what lives on with it
    images: float = 0.0  # what grows with the batch alone, at its own peak; 0: nobody knows


@contextmanager
def memory_of(state: TrainState) -> Iterator[Callable[[int], Peak]]:
    """Afterwards: what a training holds at the peak of what is done inside, with such a batch."""
    device = state.rng.device
    held = sum(tensor.untyped_storage().nbytes() for tensor in living(state))
    if device.type == "cuda":
        # Not the device: it cannot be waited for while a training captures a step elsewhere.
        torch.cuda.current_stream(device).synchronize()
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)  # with the window's pictures, say
        yield lambda batch: Peak(
            batch, held + CAPTURED * (torch.cuda.max_memory_allocated(device) - before)
        )
        return
    with _Counter(state) as counter:
        yield lambda batch: Peak(
            batch,
            held + round(HIDDEN * (counter.peak - held)),
            HIDDEN * counter.images_peak,
        )


def living(state: TrainState) -> Iterator[Tensor]:
    """All that lives from one step to the next."""
    for model in (state.model, state.ema):
        yield from model.state_dict().values()
    yield from (weight.grad for weight in state.model.parameters() if weight.grad is not None)
    for optimiser in state.optimisers.values():
        for moments in optimiser.state.values():
            yield from (value for value in moments.values() if isinstance(value, Tensor))


class _Counter(TorchDispatchMode):
    """Counts the bytes of a training, and of what this thread's operators return, while they live.

    What is as large as something that lives on, a weight's gradient say, does not grow with the
    batch.
    """

    def __init__(self, state: TrainState) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._kinds = {tensor.untyped_storage().nbytes() for tensor in living(state)}
        self.peak = self.images_peak = self._now = self._images = 0
        self._known: dict[int, int] = {}
        for tensor in living(state):
            self._see(tensor)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        for each in tree_leaves(made):
            if isinstance(each, Tensor):
                self._see(each)
        return made

    def _see(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in self._known:
            self._known[storage._cdata] = storage.nbytes()
            self._move(storage.nbytes())
            weakref.finalize(storage, self._gone, storage._cdata).atexit = False

    def _gone(self, key: int) -> None:
        self._move(-self._known.pop(key, 0))

    def _move(self, size: int) -> None:
        self._now += size
        self._images += 0 if abs(size) in self._kinds else size
        self.peak = max(self.peak, self._now)
        self.images_peak = max(self.images_peak, self._images)
