"""Drawn data that takes seconds is kept on disk; where the code that draws changed, drawn anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from torch import Tensor

from trainer.data import drawing
from trainer.data.dataset import Rows
from trainer.data.sealed import read_tensors, write_tensors
from trainer.storage.paths import cache_root


def kept(name: str, draw: Callable[[], Rows], *what: object) -> Rows:
    """The rows that `draw` makes of `what`, from the cache if they were drawn by the same code."""
    mark = hashlib.sha256(_drawing_code() + repr(what).encode()).hexdigest()[:16]
    file = cache_root() / "drawn" / f"{name}-{mark}.safetensors"
    if (parts := read_tensors(file)) is not None:
        return _unpacked(parts)
    rows = draw()
    with suppress(OSError):  # without a cache it is only slower next time
        write_tensors(file, _packed(rows))
    return rows


@cache
def _drawing_code() -> bytes:
    """All code that draws, for one drawing is made of others: house numbers of digits."""
    folders = map(Path, drawing.__path__)
    files = sorted(file for folder in folders for file in folder.glob("*.py"))
    return b"\0".join(file.read_bytes() for file in files)


def _packed(rows: Rows) -> dict[str, Tensor]:
    parts = {"images": rows.images, "labels": rows.labels}
    if rows.edges is not None:
        parts["edges"] = rows.edges
    parts |= {f"factor.{name}": values for name, values in rows.factors.items()}
    return parts


def _unpacked(parts: dict[str, Tensor]) -> Rows:
    factors = {
        name.removeprefix("factor."): values
        for name, values in parts.items()
        if name.startswith("factor.")
    }
    return Rows(parts["images"], parts["labels"], factors, parts.get("edges"))
