"""Snapshots that were loaded lately, for who looks at several moments in turn."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path

import torch

from trainer.devices.memory import free_on
from trainer.inference.model_files import load_moment
from trainer.inference.snapshot import Snapshot
from trainer.storage.faults import in_words

MOST_BYTES = 1 << 29  # of all weights that are held: those of four large models
PART = 8  # of what is free on the device, or is held there by this, that may be held at the most


class SnapshotCache:
    """Holds the snapshots that were asked for last. May be used from any thread."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._held: OrderedDict[Hashable, Snapshot] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """The bytes that are held now."""
        with self._lock:
            return self._size()

    def snapshot(self, path: Path, device: torch.device, root: Path | None = None) -> Snapshot:
        """The snapshot of a model file. Raises UserError naming what is wrong."""
        with in_words(path, "cannot be read"):
            about = path.stat()
        key = (path, about.st_mtime_ns, about.st_size, str(device))
        return self.held(key, lambda: load_moment(path, device, root))

    def held(self, key: Hashable, load: Callable[[], Snapshot]) -> Snapshot:
        """What was loaded under that key, or is now; the key must tell it from all others."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        loaded = load()
        free = _free_on(loaded.device)
        with self._lock:
            self._held[key] = loaded
            most = min(self._most, (free + self._size()) // PART)
            while len(self._held) > 1 and self._size() > most:
                self._held.popitem(last=False)
        return loaded

    def forget(self, device: str = "") -> None:
        """Hold nothing, or nothing of a device: the memory is wanted, or the device was lost."""
        with self._lock:
            for key, snapshot in list(self._held.items()):
                if device in ("", str(snapshot.device)):
                    del self._held[key]

    def _size(self) -> int:
        return sum(map(size_of, self._held.values()))


def size_of(snapshot: Snapshot) -> int:
    """The bytes of its weights."""
    return sum(value.nbytes for value in snapshot.model.state_dict().values())


def _free_on(device: torch.device) -> int:
    try:
        return free_on(device)
    except RuntimeError:  # a driver that was lost
        return 0


LATELY = SnapshotCache()  # of the whole program

__all__ = ["LATELY", "SnapshotCache"]
