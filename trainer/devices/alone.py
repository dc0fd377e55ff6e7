"""Devices that do one thing at a time.

torch 2.14 ends the process where two threads use Apple's GPU at once (pytorch issue 197805). So a
window's pictures are made on the CPU there, and what else wants that GPU waits for its turn.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from trainer.messages import UserError

PATIENCE = 30.0  # seconds: whatever does not train takes less
_BUSY = threading.RLock()  # a thread that has it may take it again


def beside(device: torch.device) -> torch.device:
    """Where pictures are made while a training may run on the device."""
    return torch.device("cpu") if device.type == "mps" else device


def in_use(device: torch.device) -> bool:
    """Whether the device does one thing at a time, and does it now for another thread."""
    if device.type != "mps":
        return False
    free = _BUSY.acquire(blocking=False)
    if free:
        _BUSY.release()
    return not free


@contextmanager
def alone_on(device: torch.device, patience: float = 0.0) -> Iterator[None]:
    """One thing at a time on a device that wants it so.

    Raises UserError where another thread uses it, and does not end within `patience` seconds.
    """
    if device.type != "mps":
        yield
        return
    if not _BUSY.acquire(timeout=patience):
        raise UserError(
            "Apple's GPU does one thing at a time, and is at work: stop the training first, or "
            "try again later."
        )
    try:
        yield
    finally:
        _BUSY.release()
