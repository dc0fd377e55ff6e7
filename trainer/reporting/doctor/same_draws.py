"""The same random numbers on every device: drawn on the CPU, then sent there."""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

DRAWS = {torch.rand, torch.randn, torch.randint, torch.randperm}


class SameDraws(TorchFunctionMode):
    """Within it each generator draws what one of the same seed would draw on the CPU.

    Only for eager steps: a captured one could not wait for the CPU.
    """

    def __init__(self) -> None:
        super().__init__()
        self._twins: dict[torch.Generator, torch.Generator] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func not in DRAWS or kwargs.get("generator") is None:
            return func(*args, **kwargs)
        device = kwargs.pop("device", "cpu")
        kwargs["generator"] = self._twin(kwargs["generator"])
        return func(*args, **kwargs).to(device)

    def _twin(self, rng: torch.Generator) -> torch.Generator:
        if rng not in self._twins:
            self._twins[rng] = torch.Generator().manual_seed(rng.initial_seed())
        return self._twins[rng]
