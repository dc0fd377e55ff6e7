"""Where a GPU's memory is full, the CPU answers for a while: a training keeps what it has."""

from __future__ import annotations

import time

from trainer.storage.faults import forget_locals, memory_is_full

SECONDS = 60.0  # until the GPU is tried again, if nothing ends before that gives memory back


class Shortage:
    """Of one thread. Others may say that it is over."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        """Whether the CPU is to answer."""
        return time.monotonic() < self._until

    def over(self) -> None:
        """A training ended, say."""
        self._until = 0.0

    def begins_by(self, error: BaseException, device: str) -> bool:
        """Whether an error says that this device, a GPU, is full.

        `device` is its name as people choose it.
        """
        full = any(e is not None and memory_is_full(e) for e in (error, error.__cause__))
        if not full or self.lasts or not _is_gpu(device):
            return False
        self._until = time.monotonic() + SECONDS
        forget_locals(error)
        return True

    def make_room(self) -> None:
        """Nothing that is wanted later is held."""
        from trainer.devices.memory import give_back_everywhere
        from trainer.inference.snapshot_cache import LATELY

        LATELY.forget()
        give_back_everywhere()


def _is_gpu(device: str) -> bool:
    from trainer.devices.choice import choose_device

    return choose_device(device).type != "cpu"
