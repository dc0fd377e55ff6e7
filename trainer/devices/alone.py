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

_BUSY = threading.Lock()


def beside(device: torch.device) -> torch.device:
    """Where pictures are made while a training may run on the device."""
    return torch.device("cpu") if device.type == "mps" else device


def in_use(device: torch.device) -> bool:
    """Whether the device does one thing at a time, and does it now."""
    return device.type == "mps" and _BUSY.locked()


@contextmanager
def alone_on(device: torch.device) -> Iterator[None]:
    """One thing at a time on a device that wants it so. Raises UserError where it is in use."""
    if device.type != "mps":
        yield
        return
    if not _BUSY.acquire(blocking=False):
        raise UserError("Apple's GPU does one thing at a time: stop the training first.")
    try:
        yield
    finally:
        _BUSY.release()
