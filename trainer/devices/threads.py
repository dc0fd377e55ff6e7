"""How many threads the operators get."""

from __future__ import annotations

import os

import torch

from trainer.devices.cores import cores


def use_threads(alone: bool = False) -> int:
    """Give the operators half the cores; all that are idle where nothing else is `alone` here.

    With a thread on every core, one busy neighbour makes each operator wait for it: steps took
    twice to ten times as long (2 cores, measured). OMP_NUM_THREADS overrules this.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        mine = cores()
        half = max(1, mine // 2)
        torch.set_num_threads(max(half, mine - _busy_cores()) if alone else half)
    return torch.get_num_threads()


def _busy_cores() -> int:
    """How many others keep busy, as the system counted over the last minute."""
    try:
        return round(os.getloadavg()[0])
    except (AttributeError, OSError):  # Windows has no such count: leave the others their half
        return cores()
