"""A GPU that dies: what an error leaves of it, as after CUDA's, is nothing that can be touched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from tests.steps import saved_run
from tests.tiny import CPU, kind_of, weights
from trainer.data.batches import Batch
from trainer.training import loop
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import TrainState

LAUNCH = (
    "CUDA error: unspecified launch failure\n"
    "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace "
    "below might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\n"
    "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n"
)

SAVED, DIES, ENDS = 4, 7, 12  # steps


def accelerator_error() -> Exception:
    """As torch raises it of CUDA."""
    return torch.AcceleratorError(LAUNCH)


class DyingGpu(TorchDispatchMode):
    """Once it is dead, every operator on a tensor of the state fails, on the thread that trains."""

    def __init__(self, error: Callable[[], Exception] = accelerator_error) -> None:
        super().__init__()
        self.error = error
        self.touched: list[str] = []  # operators that were tried after its death
        self._lay_there: list[Tensor] = []  # none of it is freed, or its place would be another's
        self._places: set[int] = set()

    @property
    def dead(self) -> bool:
        return bool(self._places)

    def die(self, state: TrainState, *more: Tensor) -> None:
        """On the thread that trains."""
        memories = [
            value
            for optimiser in state.optimisers.values()
            for memory in optimiser.state.values()
            for value in memory.values()
            if isinstance(value, Tensor)
        ]
        weights = [*state.model.parameters(), *state.model.buffers(), *state.ema.parameters()]
        self._lay_there = [*weights, *state.ema.buffers(), *memories, *more]
        self._places = {value.untyped_storage().data_ptr() for value in self._lay_there}
        self.__enter__()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        for value in tree_leaves((args, kwargs)):
            if isinstance(value, Tensor) and value.untyped_storage().data_ptr() in self._places:
                self.touched.append(str(func))
                raise self.error()
        return func(*args, **(kwargs or {}))


def dies_in_step(
    monkeypatch: Any, at: int, error: Callable[[], Exception] = accelerator_error
) -> DyingGpu:
    """At the beginning of the step that follows so many."""
    gpu, step = DyingGpu(error), loop.step

    def dying(state: TrainState, batch: Batch) -> Tensor:
        if state.step == at and not gpu.dead:
            gpu.die(state)
            raise error()
        return step(state, batch)

    monkeypatch.setattr(loop, "step", dying)
    return gpu


def dies_unheard(monkeypatch: Any, at: int) -> DyingGpu:
    """After so many steps; nobody is told before what lies there is read."""
    gpu, step = DyingGpu(), loop.step

    def dying(state: TrainState, batch: Batch) -> Tensor:
        losses = step(state, batch)
        if state.step == at and not gpu.dead:
            gpu.die(state, losses)
        return losses

    monkeypatch.setattr(loop, "step", dying)
    return gpu


def saved_and_loaded(
    path: Path, kind: str = "iae, points"
) -> tuple[RunFolder, TrainState, dict[str, torch.Tensor]]:
    """A run with a checkpoint, and the weights in it."""
    folder, _ = saved_run(path, kind_of(kind), SAVED)
    state = folder.load(CPU)
    return folder, state, weights(state)
