"""The memory of the device that trains, read seldom enough to cost nothing."""

from __future__ import annotations

import time
from contextlib import suppress

import torch

from trainer.devices.memory import free_on, total_on, used_by_us
from trainer.messages import MemoryUse

SECONDS = 1.0  # between two looks


class MemoryGauge:
    """What is used and free on a device. A look that fails leaves what is known."""

    def __init__(self, device: torch.device) -> None:
        self._device, self._read = device, float("-inf")
        self._known: MemoryUse | None = None

    def read(self) -> MemoryUse | None:
        """As it is now, or was up to a second ago; None where it is not told."""
        now = time.monotonic()
        if now - self._read >= SECONDS:
            self._read = now
            with suppress(RuntimeError, OSError):  # a driver that was lost, a system without
                self._known = memory_use(self._device)
        return self._known


def memory_use(device: torch.device) -> MemoryUse:
    """What is used and free on a device now."""
    return MemoryUse(str(device), used_by_us(device), free_on(device), total_on(device))
