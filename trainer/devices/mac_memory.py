"""What macOS tells of memory. Its functions raise AttributeError or OSError elsewhere.

Written by the headers; not tried on hardware by us.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import lru_cache

_VM_INFO64 = 4  # HOST_VM_INFO64
_USAGE_V0 = 0  # RUSAGE_INFO_V0


def available() -> int:
    """The bytes that are free, or hold nothing that would have to be written to disk."""
    system, found = _system(), _Pages()
    count = ctypes.c_uint32(ctypes.sizeof(_Pages) // 4)
    if system.host_statistics64(_host(), _VM_INFO64, ctypes.byref(found), ctypes.byref(count)):
        raise OSError("the memory is not told")
    return (int(found.free) + int(found.inactive)) * os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    """The bytes that this process has in memory."""
    found = _Usage()
    if _system().proc_pid_rusage(os.getpid(), _USAGE_V0, ctypes.byref(found)):
        raise OSError("the memory is not told")
    return int(found.resident)


@lru_cache(maxsize=1)
def _system() -> ctypes.CDLL:
    if sys.platform != "darwin":
        raise OSError("this is not macOS")
    return ctypes.CDLL("/usr/lib/libSystem.B.dylib")


@lru_cache(maxsize=1)
def _host() -> int:
    """A port that is to be asked for once."""
    return int(_system().mach_host_self())


class _Pages(ctypes.Structure):
    """vm_statistics64."""

    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("free", "active", "inactive", "wired")),
        ("moved", ctypes.c_uint64 * 9),
        ("purgeable", ctypes.c_uint32),
        ("speculative", ctypes.c_uint32),
        ("packed", ctypes.c_uint64 * 4),
        ("others", ctypes.c_uint32 * 4),
        ("whole", ctypes.c_uint64),
    )


class _Usage(ctypes.Structure):
    """rusage_info_v0."""

    _fields_ = (
        ("uuid", ctypes.c_uint8 * 16),
        ("spent", ctypes.c_uint64 * 6),
        ("resident", ctypes.c_uint64),
        ("footprint", ctypes.c_uint64),
        ("when", ctypes.c_uint64 * 2),
    )
