"""What Windows tells of memory. Its functions raise AttributeError elsewhere."""

from __future__ import annotations

import ctypes
from typing import Any


def available_and_total() -> tuple[int, int]:
    """The bytes that are left, and all of them."""
    status = _Status(length=ctypes.sizeof(_Status))
    if not _kernel().GlobalMemoryStatusEx(ctypes.byref(status)):
        raise OSError("the memory is not told")
    return int(status.available), int(status.total)


def resident() -> int:
    """The bytes that this process has in memory."""
    kernel, counters = _kernel(), _Counters(size=ctypes.sizeof(_Counters))
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    process = ctypes.c_void_p(kernel.GetCurrentProcess())
    if not kernel.K32GetProcessMemoryInfo(process, ctypes.byref(counters), counters.size):
        raise OSError("the memory is not told")
    return int(counters.working_set)


def _kernel() -> Any:
    return ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]


class _Status(ctypes.Structure):
    """MEMORYSTATUSEX."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("available", ctypes.c_uint64),
        ("others", ctypes.c_uint64 * 5),
    )


class _Counters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("faults", ctypes.c_uint32),
        ("peak", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("others", ctypes.c_size_t * 6),
    )
