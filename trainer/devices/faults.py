"""A GPU that is lost: the computer slept, its driver gave up, or it fell off its bus.

After such an error nothing in this process can use that GPU, not even to read what lies on it.
Nothing here imports torch before such an error was raised.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trainer.messages import DeviceLostError
from trainer.storage.faults import memory_is_full

if TYPE_CHECKING:
    import torch

# What libraries and drivers say in a plain RuntimeError; of CUDA's own, newer torches raise an
# AcceleratorError. It must be of a device: a program's own fault must not pass for a lost GPU.
_SAID = re.compile(
    r"""
    \b(CUDA|HIP|XPU|MPS)\ (driver\ |runtime\ )?error\b
    | \bCUDA\ unknown\ error | \bcuda\ runtime\ error\b
    | \b(cuDNN|cuBLAS|cuSOLVER|cuSPARSE|cuFFT|cuRAND|MIOpen|hipBLAS|rocBLAS|NCCL)\ error\b
    | \b(CUDNN|CUBLAS|CUBLASLT|CUSOLVER|CUSPARSE|HIPBLAS|ROCBLAS|MIOPEN)_STATUS_\w*
    | \bUR_RESULT_ERROR_\w* | \blevel_zero\ backend\ failed | \bPI_ERROR_\w* | \bZE_RESULT_ERROR_\w*
    | \bcommand\ buffer\b.*\b(error|failed|aborted) | \bMTLCommandBuffer\w* | \bkIOGPU\w*
    | \bdevice-side\ assert | \bdevice\ (is\ )?lost\b
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# What the device says of one operator alone: it goes on. A capture that breaks off leaves the step
# to be run as it is; see `trainer.training.cuda_graphs`.
_GOES_ON = re.compile(
    r"captur|NOT_SUPPORTED|ARCH_MISMATCH|no kernel image|invalid device ordinal", re.IGNORECASE
)
_SIMPLE = re.compile(r"\s*(Compile with|CUDA kernel errors|HIP kernel errors|Search for|For debug)")
ON_THE_CPU = "Use the CPU: device (--device) cpu."
MOST = 160  # letters of what the driver says


def device_is_lost(error: BaseException) -> bool:
    """Whether an error, or what caused it, says that a GPU can be used no more in this process.

    Not where its memory is full: that passes.
    """
    known: BaseException | None = error
    while known is not None:
        if isinstance(known, DeviceLostError) or _says_so(known):
            return True
        known = known.__cause__
    return False


def _says_so(error: BaseException) -> bool:
    if memory_is_full(error) or not isinstance(error, RuntimeError):
        return False
    said = str(error)
    ours = any(kind.__name__ == "AcceleratorError" for kind in type(error).__mro__)
    return bool((ours or _SAID.search(said)) and not _GOES_ON.search(said))


def lost(error: BaseException, device: torch.device | None = None, step: int | None = None) -> str:
    """What happened, in a sentence: which GPU was lost, at which step, and what its driver said."""
    at = "" if step is None else f" at step {step:,}"
    return f"{_named(device)} was lost{at}, as it may after the computer slept ({_said(error)})."


def _named(device: torch.device | None) -> str:
    if device is None:
        return "The GPU"
    from trainer.devices.trial import title_of

    title = title_of(device)
    return title if title.startswith("The GPU") else f"The GPU ({title})"


def _said(error: BaseException) -> str:
    """The first line of what the driver said; what follows is for those who debug kernels."""
    known: BaseException | None = error
    while known is not None and not _says_so(known):
        known = known.__cause__
    lines = [line.strip() for line in str(known or error).splitlines() if line.strip()]
    first = next((line for line in lines if not _SIMPLE.match(line)), type(error).__name__)
    first = first.removesuffix(".")
    return first if len(first) <= MOST else f"{first[: MOST - 1]}\N{HORIZONTAL ELLIPSIS}"


@contextmanager
def lost_in_words(device: torch.device, remedy: str = "") -> Iterator[None]:
    """Turns what a lost device raises in the block into a DeviceLostError, with the way out."""
    try:
        yield
    except DeviceLostError:
        raise
    except Exception as error:
        if not device_is_lost(error):
            raise
        raise DeviceLostError(lost(error, device), remedy=remedy, device=str(device)) from error


def never_free(*held: object) -> None:
    """Let what a lost GPU held lie where it is, until the process ends.

    Giving back pinned memory and captured graphs calls the driver, and an error there, in a
    destructor, ends the whole process.
    """
    for each in held:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(each))
