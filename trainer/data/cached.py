"""Drawn data that takes seconds is kept on disk; where the code that draws changed, drawn anew."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType

from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes
from torch import Tensor

from trainer.data.dataset import Rows
from trainer.storage.files import write_bytes
from trainer.storage.paths import cache_root


def kept(drawer: ModuleType, draw: Callable[[], Rows], *what: object) -> Rows:
    """The rows that `draw` makes, from the cache if `drawer` and `what` are those of last time."""
    source = inspect.getsource(drawer).encode()
    mark = hashlib.sha256(source + repr(what).encode()).hexdigest()[:16]
    name = drawer.__name__.rpartition(".")[2]
    file = cache_root() / "drawn" / f"{name}-{mark}.safetensors"
    with suppress(OSError, SafetensorError, KeyError):  # absent or damaged: drawn anew
        return _unpacked(load_file(file))
    rows = draw()
    with suppress(OSError):  # without a cache it is only slower next time
        write_bytes(file, to_bytes(_packed(rows)))
    return rows


def _packed(rows: Rows) -> dict[str, Tensor]:
    parts = {"images": rows.images, "labels": rows.labels}
    if rows.edges is not None:
        parts["edges"] = rows.edges
    parts |= {f"factor.{name}": values for name, values in rows.factors.items()}
    return {name: part.contiguous() for name, part in parts.items()}


def _unpacked(parts: dict[str, Tensor]) -> Rows:
    factors = {
        name.removeprefix("factor."): values
        for name, values in parts.items()
        if name.startswith("factor.")
    }
    return Rows(parts["images"], parts["labels"], factors, parts.get("edges"))
