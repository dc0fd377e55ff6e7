"""What Apple's GPUs do not do, or do wrongly; a device that nobody here knows is taken for one."""

from __future__ import annotations

import torch

WHOLE = ("cpu", "cuda", "xpu")


def does_all(device: torch.device) -> bool:
    """Whether torch computes on the device whatever it computes on the CPU.

    On Apple's GPUs sampling beyond a border was missing until torch 2.13, and pooling into uneven
    parts until 2.11; and where channels lie last in memory, gradients of batch norm were wrong, and
    convolutions took many times as long.
    """
    return device.type in WHOLE
