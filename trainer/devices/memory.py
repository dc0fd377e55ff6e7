"""How much room there is for images."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from pathlib import Path

import torch

ON_GPU = 3  # a third of the free memory is for the images, the rest for the networks
IN_RAM = 4  # a quarter
UNKNOWN = 1 << 32  # bytes, where the system does not tell


def fits(count: int, device: torch.device, mapped: bool) -> bool:
    """Whether `count` bytes of images may lie on the device; `mapped` ones are not in RAM yet."""
    if device.type != "cpu":
        return ON_GPU * count < _of_gpu(device)[0]
    return not mapped or IN_RAM * count < available()


def free_on(device: torch.device) -> int:
    """The bytes that can be taken on a device; on a GPU also what torch keeps for later."""
    if device.type == "cpu":
        return available()
    reserved, allocated = _held(device)
    return _of_gpu(device)[0] + reserved - allocated


def taken_on(device: torch.device) -> tuple[int, int]:
    """The bytes that our tensors take on a GPU, and all that it has."""
    return _held(device)[1], _of_gpu(device)[1]


def give_back(device: torch.device) -> None:
    """What torch keeps of a GPU's memory for later is free for other programs again."""
    if device.type != "cpu":
        with suppress(RuntimeError):  # a GPU that is lost has nothing to give
            torch.accelerator.empty_cache()


def _of_gpu(device: torch.device) -> tuple[int, int]:
    """The bytes of a GPU that nobody has taken, and all that it has."""
    if device.type == "mps":
        most = int(torch.mps.recommended_max_memory())
        return max(0, most - int(torch.mps.driver_allocated_memory())), most
    free, total = torch.accelerator.get_memory_info(device)
    return int(free), int(total)


def _held(device: torch.device) -> tuple[int, int]:
    """The bytes of a GPU that torch has reserved, and of them those that tensors take."""
    if device.type == "mps":
        taken = int(torch.mps.current_allocated_memory())
        return max(taken, int(torch.mps.driver_allocated_memory())), taken
    return torch.accelerator.memory_reserved(device), torch.accelerator.memory_allocated(device)


def available() -> int:
    """The bytes of memory that can be taken without pushing anything out to disk."""
    told = [_of_machine(), *_of_container()]
    return max(0, min(told))


def _of_machine() -> int:
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    with suppress(AttributeError, OSError):
        return _of_windows()
    with suppress(AttributeError, ValueError, OSError):  # elsewhere: half of all there is
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return UNKNOWN


def _of_windows() -> int:
    """What Windows has left. Raises AttributeError elsewhere."""
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    status = _Status(length=ctypes.sizeof(_Status))
    if not kernel.GlobalMemoryStatusEx(ctypes.byref(status)):
        raise OSError("the memory is not told")
    return int(status.available)


class _Status(ctypes.Structure):
    """Windows's MEMORYSTATUSEX."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("available", ctypes.c_uint64),
        ("others", ctypes.c_uint64 * 5),
    )


def _of_container() -> list[int]:
    """What is left of a container's share, where there is such a limit."""
    folder = Path("/sys/fs/cgroup")
    with suppress(OSError, ValueError, KeyError):
        limit, used = (int((folder / f"memory.{n}").read_text()) for n in ("max", "current"))
        lines = (folder / "memory.stat").read_text().splitlines()
        told = dict(line.split() for line in lines)
        # Files read long ago count as used, though their memory is there for the asking.
        return [limit - used + int(told["inactive_file"])]
    return []
