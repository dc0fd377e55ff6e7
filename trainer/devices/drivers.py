"""Why torch sees no GPU, though there seems to be one."""

from __future__ import annotations

import ctypes
import os
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass

import torch

_PAGE = 'PyTorch\'s "Get started" page'


@dataclass(frozen=True)
class Facts:
    """What is known of torch's build and of NVIDIA's driver."""

    cuda: str | None  # that torch is built for, "13.0"
    hip: str | None  # AMD's, the same
    driver: int | None  # of CUDA, as the driver tells it: 12020 is 12.2; None: no driver
    visible: str | None = None  # CUDA_VISIBLE_DEVICES
    said: str = ""  # what torch warns of


def facts() -> Facts:
    """Of this computer."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        torch.cuda.is_available()
    said = str(heard[0].message).strip().splitlines()[0] if heard else ""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return Facts(torch.version.cuda, torch.version.hip, driver_version(), visible, said)


def driver_version() -> int | None:
    """The newest CUDA that NVIDIA's driver knows, as it writes it: 12020; None without a driver."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
        version = ctypes.c_int()
        if library.cuDriverGetVersion(ctypes.byref(version)) == 0:
            return version.value
    return None


def why_no_gpu(known: Facts) -> str:
    """Why torch sees no GPU, and the way out; empty where there seems to be none."""
    if known.hip:
        return "This torch is built for AMD's GPUs and finds none that it can use: see its driver."
    if known.driver is None:
        return ""
    if known.cuda is None:
        return (
            "There is an NVIDIA driver, but this torch is built for the CPU alone: install the "
            f"build that {_PAGE} names for CUDA."
        )
    if known.visible is not None and known.visible.strip() in ("", "-1"):
        return "CUDA_VISIBLE_DEVICES hides all GPUs: unset it."
    if known.driver // 1000 < int(known.cuda.partition(".")[0]):
        return (
            f"The NVIDIA driver is too old for this torch, which needs one for CUDA {known.cuda} "
            f"and finds {known.driver // 1000}.{known.driver % 1000 // 10}: update the driver."
        )
    reason = f" ({known.said})" if known.said else ""
    return f"There is an NVIDIA driver, but it finds no GPU{reason}: restart the computer."


def why_none_of(kind: str) -> str:
    """Why torch sees no GPU of the kind that somebody asks for, and what it takes."""
    if kind == "mps":
        if sys.platform == "darwin":
            return "This torch or this macOS is too old for Apple's GPU: update them."
        return "It is the GPU of a Mac: see what is here by python -m trainer doctor --quick."
    if kind == "xpu":
        if torch.xpu._is_compiled():
            return "No GPU of Intel was found: see its driver."
        return f"For a GPU of Intel install the build of torch that {_PAGE} names for XPU."
    none = "No NVIDIA driver was found: install it, if there is a GPU of NVIDIA."
    return why_no_gpu(facts()) or none
