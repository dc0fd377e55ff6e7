"""Rows too many for the training's device: their batches are gathered ahead by a thread."""

from __future__ import annotations

import atexit
import hashlib
import threading
import weakref
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from trainer.data.distributions import Empirical
from trainer.devices.faults import device_is_lost, never_free
from trainer.messages import UserError

AHEAD = 4  # batches
EXCERPT = 2048  # rows


@dataclass(frozen=True, eq=False)
class Streamed(Empirical):
    """The empirical distribution of rows that stay where they are, mostly on disk.

    `rows`, and so `sample` and `at`, know an evenly spaced excerpt on the device; `batch` draws
    from all.
    """

    stream: Stream
    resident: ClassVar[bool] = False

    @classmethod
    def of(cls, rows: Tensor, seed: int, domain: int, device: torch.device) -> Streamed:
        """Rows uint8 [N, C, H, W] on the CPU; `seed` and `domain` decide what each step gets."""
        excerpt = rows[:: -(-len(rows) // EXCERPT)].to(device, copy=True)
        return cls(excerpt, Stream(Source(rows, seed, domain), device))

    def only(self, kept: Tensor) -> Empirical:
        """As of `Empirical`: what streams are the rows of these numbers alone."""
        source, device = self.stream.source, self.rows.device
        if len(kept) == len(source.rows):
            return self
        excerpt = source.rows[kept[:: -(-len(kept) // EXCERPT)]].to(device)
        return Streamed(excerpt, Stream(replace(source, kept=kept), device))

    def batch(self, count: int, step: int, rng: torch.Generator) -> Tensor:
        """As of `Empirical`, but the rows follow from the step, and `rng` is left alone.

        Raises UserError where the rows cannot be read.
        """
        return self.stream.batch(count, step).float() / 255


@dataclass(frozen=True, eq=False)
class Source:
    """Rows uint8 [N, C, H, W] on the CPU, and what decides which of them a step gets."""

    rows: Tensor
    seed: int
    domain: int
    kept: Tensor | None = None  # int64: the numbers of those that are drawn; None: of all

    def index(self, count: int, step: int) -> Tensor:
        """The numbers of a step's rows, int64 [count]; they depend on nothing else."""
        text = f"{self.seed} {step} {self.domain}"
        digest = hashlib.blake2b(text.encode(), digest_size=7).digest()
        rng = torch.Generator().manual_seed(int.from_bytes(digest, "big"))
        if self.kept is None:
            return torch.randint(len(self.rows), (count,), generator=rng)
        return self.kept[torch.randint(len(self.kept), (count,), generator=rng)]


class Stream:
    """The batches of consecutive steps. Whoever asks otherwise waits for a new start there."""

    def __init__(self, source: Source, device: torch.device) -> None:
        self.source, self._device = source, device
        self._ahead: _Ahead | None = None

    def batch(self, count: int, step: int) -> Tensor:
        """The rows of a step on the device, uint8 [count, C, H, W]; they stay until the next call.

        Raises UserError where they cannot be read.
        """
        try:
            if self._ahead is None or (self._ahead.count, self._ahead.step) != (count, step):
                self._ahead = _Ahead(self.source, count, step, self._device)
            return self._ahead.take()
        except Exception as error:
            if device_is_lost(error):  # what it holds is pinned
                never_free(self._ahead)
            self._ahead = None  # the next call starts anew
            if not isinstance(error, OSError):  # a fault of the program, to be told as one
                raise
            raise UserError(
                f"The training images cannot be read any longer ({error}). Are the disk and the "
                "cache still there? Resume the training to go on from its last checkpoint."
            ) from error


@dataclass
class _Buffer:
    pixels: Tensor  # uint8 [count, C, H, W], pinned where a GPU copies from it
    copied: torch.cuda.Event | None = None  # what must have happened before it is written anew


class _Ahead:
    """One run of the thread, which knows the queues alone and ends when this object does."""

    def __init__(self, source: Source, count: int, step: int, device: torch.device) -> None:
        self.count, self.step = count, step
        self._device = device
        self._lent: _Buffer | None = None
        self._free: SimpleQueue[_Buffer | None] = SimpleQueue()
        self._full: SimpleQueue[_Buffer | Exception] = SimpleQueue()
        shape, pinned = (count, *source.rows.shape[1:]), device.type == "cuda"
        for _ in range(AHEAD):
            self._free.put(_Buffer(torch.empty(shape, dtype=torch.uint8, pin_memory=pinned)))
        weakref.finalize(self, self._free.put, None)
        work = source, count, step, self._free, self._full
        thread = threading.Thread(target=_gather, args=work, name="batches ahead", daemon=True)
        thread.start()
        _running[thread] = self._free

    def take(self) -> Tensor:
        if self._lent is not None:
            self._free.put(self._lent)
            self._lent = None
        buffer = self._full.get()
        if isinstance(buffer, Exception):
            raise buffer
        self.step += 1
        self._lent = buffer
        if self._device.type == "cpu":
            return buffer.pixels
        on_cuda = self._device.type == "cuda"
        moved = buffer.pixels.to(self._device, non_blocking=on_cuda)
        if on_cuda:
            buffer.copied = torch.cuda.Event()
            # Of this GPU, if there are several.
            buffer.copied.record(torch.cuda.current_stream(self._device))
        return moved


_running: weakref.WeakKeyDictionary[threading.Thread, SimpleQueue[_Buffer | None]]
_running = weakref.WeakKeyDictionary()


@atexit.register
def _end_threads() -> None:
    """A thread that is cut off within torch as the program ends would abort the program."""
    for thread, free in list(_running.items()):
        free.put(None)
        thread.join(10)


def _gather(
    source: Source,
    count: int,
    step: int,
    free: SimpleQueue[_Buffer | None],
    full: SimpleQueue[_Buffer | Exception],
) -> None:
    """Fill free buffers, a step each, until there is a None among them."""
    buffer = None
    try:
        rows = source.rows.numpy()
        in_order = np.empty((count, *rows.shape[1:]), np.uint8)
        while (buffer := free.get()) is not None:
            if buffer.copied is not None:
                buffer.copied.synchronize()
            index = source.index(count, step).numpy()
            order = index.argsort()  # a disk is read from front to back
            # numpy, for a torch operator would wake threads of its own beside the training's;
            # "clip" writes to the array itself.
            np.take(rows, index[order], axis=0, out=in_order, mode="clip")
            buffer.pixels.numpy()[order] = in_order  # or the first classes would come first
            full.put(buffer)
            step += 1
    except Exception as error:
        # It stays as long as the others: the GPU that it is pinned for may be lost.
        free.put(buffer)
        full.put(error)
