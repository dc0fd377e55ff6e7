"""How short a step could be on this device: its operations and bytes over the measured rates."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from trainer.data.batches import TrainingBatches
from trainer.recipe.recipe import Recipe
from trainer.training.state import start
from trainer.training.step import step

SIDE = {"cuda": 8192, "cpu": 2048, "": 4096}  # of the matrices that are multiplied; others
COPIED = {"cuda": 1 << 30, "cpu": 1 << 28, "": 1 << 28}  # bytes
TIMES_THROUGH = 9  # weight, gradient and two moments read, three of them written; the average both


@dataclass(frozen=True)
class Rates:
    """What the device reaches in the plainest work: float32 operations/s and bytes/s."""

    operations: float
    bytes: float


def measured_rates(device: torch.device) -> Rates:
    """By one large product of matrices, in the precision in use, and one large copy."""
    kind = device.type if device.type in SIDE else ""
    side, count = SIDE[kind], COPIED[kind] // 4
    a, b = torch.randn(side, side, device=device), torch.randn(side, side, device=device)
    source, target = torch.randn(count, device=device), torch.empty(count, device=device)
    product = _fastest(lambda: torch.mm(a, b), device)
    copy = _fastest(lambda: target.copy_(source), device)
    return Rates(2 * side**3 / product, 2 * 4 * count / copy)


def _fastest(work: Callable[[], object], device: torch.device) -> float:
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        work()
        if device.type != "cpu":
            torch.accelerator.synchronize(device)
        best = min(best, time.perf_counter() - began)
    return best


class _Operations(TorchDispatchMode):
    """Counts those of products and convolutions (PyTorch's own mode cannot differentiate twice)."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if (count := flop_registry.get(func._overloadpacket)) is not None:
            self.total += count(*args, **(kwargs or {}), out_val=result)
        return result


def floor_seconds(recipe: Recipe, batches: TrainingBatches, rates: Rates) -> float:
    """A step's least time: the larger of its operations' and its weights' share of the rates.

    The mean over as many steps as the penalties' turn is long. Activations count no bytes: what a
    perfect program would keep in caches is not known.
    """
    state = start(recipe, batches.device)
    with _Operations() as counter:
        for _ in range(recipe.optim.r1_every):
            step(state, batches.batch(recipe.optim.batch, 0, state.rng))
    weights = sum(p.numel() * p.element_size() for p in state.model.parameters())
    operations = counter.total / recipe.optim.r1_every
    return max(operations / rates.operations, TIMES_THROUGH * weights / rates.bytes)
