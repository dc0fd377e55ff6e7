"""Images decoded once: a uint8 .npy in the cache that is mapped into memory, whole or not there."""

from __future__ import annotations

import hashlib
import io
import math
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.devices.memory import fits
from trainer.messages import Pixels, UserError
from trainer.storage.files import replacing
from trainer.storage.half_written import remove_half_written
from trainer.storage.paths import cache_root
from trainer.storage.regular import open_regular

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
    header, count = _header(shape), math.prod(shape)
    try:
        with open_regular(path) as file:
            known = file.read(len(header)) == header
            if not known or os.fstat(file.fileno()).st_size != len(header) + count:
                return None
            # Copied where written to: torch wants writable memory, and the file must stay as it is.
            images = np.memmap(file, np.uint8, "c", len(header), shape)
    except (OSError, ValueError, UserError):
        return None
    return torch.from_numpy(images)


def _header(shape: tuple[int, ...]) -> bytes:
    """How a file of this shape begins: whatever else it holds was not written here."""
    file = io.BytesIO()
    about = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, about)
    return file.getvalue()


def write_map(path: Path, shape: tuple[int, ...], images: Iterable[Pixels]) -> None:
    """Keep images uint8 [C, H, W], and drop what was made of earlier states of their source.

    Fewer than `shape` says leave zeros at the end. What `images` raises leaves nothing behind.
    Raises OSError where the disk is full or not writable.
    """
    _drop_half_written(path.parent)
    with replacing(path) as file:
        file.write(_header(shape))
        whole = file.tell() + math.prod(shape)
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


def _drop_half_written(folder: Path) -> None:
    """What killed processes left, also of earlier states of the source."""
    with suppress(OSError):
        for left in list(folder.glob(".*.npy.*")):
            remove_half_written(folder / f"{left.name[1:].partition('.npy.')[0]}.npy")


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
