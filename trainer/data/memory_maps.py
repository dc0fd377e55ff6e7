"""Images decoded once: a uint8 .npy in the cache that is mapped into memory, whole or not there."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.data.memory_limits import fits
from trainer.messages import Pixels
from trainer.storage.files import replacing
from trainer.storage.paths import cache_root

CHUNK = 1 << 26  # bytes


def cache_file(kind: str, source: Path, looks: str, state: Iterable[str]) -> Path:
    """Where images of a source are kept: one file for what they look like and what it held.

    `state` tells everything by whose change the images must be decoded anew.
    """
    place = _mark([str(source.resolve())])
    return cache_root() / kind / place / f"{looks}-{_mark(state)}.npy"


def _mark(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()[:16]


def open_map(path: Path, shape: tuple[int, ...]) -> Tensor | None:
    """The cached images, uint8 of this shape; None where there are none, or others."""
    try:
        # Copied where written to: torch wants writable memory, and the file must stay as it is.
        images = np.load(path, mmap_mode="c")
    except (OSError, ValueError, EOFError):
        return None
    if images.shape != shape or images.dtype != np.uint8:
        return None
    return torch.from_numpy(images)


def write_map(path: Path, shape: tuple[int, ...], images: Iterable[Pixels]) -> None:
    """Keep images uint8 [C, H, W], and drop what was made of earlier states of their source.

    Fewer than `shape` says leave zeros at the end. What `images` raises leaves nothing behind.
    Raises OSError where the disk is full or not writable.
    """
    with replacing(path) as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        whole = file.tell() + int(np.prod(shape))
        for image in images:
            file.write(image.tobytes())
        file.truncate(whole)
    _drop_earlier(path)


def _drop_earlier(path: Path) -> None:
    """Each takes gigabytes."""
    state = path.stem.rpartition("-")[2]
    for old in path.parent.iterdir():
        if not old.stem.endswith(f"-{state}") and not old.name.startswith("."):
            with suppress(OSError):
                old.unlink()


def taken(images: Tensor, index: Tensor) -> tuple[Tensor, bool]:
    """Some mapped images, by mask or numbers, and whether they are mapped: memory may be too small.

    The file they are then in has no name and is gone with them.
    """
    if index.dtype == torch.bool:
        index = index.nonzero()[:, 0]
    size = images[0].nbytes
    if len(index) and not fits(len(index) * size, images.device, mapped=True):
        with suppress(OSError):  # no room there either: memory it is
            return _in_nameless_file(images, index.split(max(1, CHUNK // size))), True
    return images[index], False


def _in_nameless_file(images: Tensor, parts: tuple[Tensor, ...]) -> Tensor:
    cache_root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=cache_root()) as file:
        for part in parts:
            file.write(images[part].numpy().tobytes())
        file.flush()
        shape = (sum(map(len, parts)), *images.shape[1:])
        return torch.from_numpy(np.memmap(file, np.uint8, "c", shape=shape))
