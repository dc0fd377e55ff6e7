"""The computer's own memory: how much there is, how much is free, and how much is ours. No torch.

A container's share counts where there is one. What a system does not tell is 0, or guessed low.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from trainer.devices import mac_memory, windows_memory

UNKNOWN = 1 << 32  # bytes, where the system does not tell
CONTAINER = Path("/sys/fs/cgroup")


def resident() -> int:
    """The bytes that this process has in memory; 0 where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * _page()
    with suppress(AttributeError, OSError):
        return windows_memory.resident()
    with suppress(AttributeError, OSError):
        return mac_memory.resident()
    return 0


def total_of_machine() -> int:
    """All the bytes that there are, or a container's share of them; 0 where nobody tells."""
    with suppress(OSError, ValueError, KeyError):
        limit = (CONTAINER / "memory.max").read_text().strip()
        if limit != "max":
            return min(int(limit), _all())
    return _all()


def available_of_machine() -> int:
    """The bytes that can be taken without pushing anything out to disk."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    with suppress(AttributeError, OSError):
        return windows_memory.available_and_total()[0]
    with suppress(AttributeError, OSError):
        return mac_memory.available()
    return _all() // 2 or UNKNOWN


def left_to_container() -> list[int]:
    """What is left of a container's share, where there is such a limit."""
    with suppress(OSError, ValueError, KeyError):
        limit, used = (int((CONTAINER / f"memory.{n}").read_text()) for n in ("max", "current"))
        lines = (CONTAINER / "memory.stat").read_text().splitlines()
        told = dict(line.split() for line in lines)
        # Files read long ago count as used, though their memory is there for the asking.
        return [limit - used + int(told["inactive_file"])]
    return []


def trim() -> None:
    """Give what was freed back to the system: the C library of Linux keeps it for later."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            _libc().malloc_trim(0)


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _all() -> int:
    with suppress(AttributeError, ValueError, OSError):
        return os.sysconf("SC_PHYS_PAGES") * _page()
    with suppress(AttributeError, OSError):
        return windows_memory.available_and_total()[1]
    return 0


def _page() -> int:
    return os.sysconf("SC_PAGE_SIZE")
