"""What there is to compute on, what it is driven by, and whether it works."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.devices.cores import cores
from trainer.devices.machine_memory import total_of_machine
from trainer.messages import UserError
from trainer.reporting.doctor.records import FAILED, Asked, Row, in_short, size

if TYPE_CHECKING:
    import torch

NVIDIA = Path("/proc/driver/nvidia/version")


def devices(asked: Asked) -> Iterator[Row]:
    """The processor, torch and how it was built, the driver, then each GPU."""
    yield Row("processor", f"{processor()}, {cores()} CPU cores")
    asked.told("Loading torch")
    try:
        import torch
    except Exception as error:  # a broken installation is what this is asked for
        yield Row("memory", _memory())
        yield Row("torch", f"torch cannot be loaded: {in_short(error)}", failed=asked.self_test)
        return
    from trainer.devices.memory import available
    from trainer.devices.threads import use_threads

    ability = torch.backends.cpu.get_cpu_capability()
    yield Row("memory", f"{_memory()}, {size(available())} of it free")
    yield Row("torch", f"{torch.__version__}, {_build()}")
    yield Row("threads", f"{use_threads(asked.alone)}, with {ability} instructions")
    if sys.platform != "darwin":
        yield Row("NVIDIA driver", _driver())
    yield from _gpus(asked)


def processor() -> str:
    """What its maker calls it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    total = total_of_machine()
    return size(total) if total else "unknown"


def _build() -> str:
    """What torch was built for."""
    import torch

    if torch.version.hip:
        return f"built for AMD's ROCm {torch.version.hip}"
    if torch.version.cuda:
        known = " ".join(torch.cuda.get_arch_list())
        return f"built for CUDA {torch.version.cuda}" + (f" ({known})" if known else "")
    if torch.xpu._is_compiled():
        return "built for Intel's GPUs (XPU)"
    if torch.backends.mps.is_built():
        return "built for Apple's GPUs (MPS)"
    return "built for the CPU alone"


def _driver() -> str:
    from trainer.devices.drivers import driver_version

    version = driver_version()
    if version is None:
        return "none"
    own = ""
    with suppress(OSError):  # Linux alone tells
        found = re.search(r"\d+\.\d+(\.\d+)?", NVIDIA.read_text("utf-8", "replace"))
        own = f"{found[0]}, " if found else ""
    return f"{own}knows CUDA {version // 1000}.{version % 1000 // 10}"


def _gpus(asked: Asked) -> Iterator[Row]:
    import torch

    from trainer.devices.choice import find_devices

    asked.told("Trying the GPUs")
    found = find_devices()
    for device in found.known:
        if device.kind == "cpu":
            continue
        yield Row(device.name, device.told)
        yield Row("", device.why_not or "works: a small step ran on it as on the CPU")
        with suppress(Exception):  # a GPU that does not work may tell nothing of itself
            yield Row("", _inside(torch.device(device.name)))
    if all(device.kind == "cpu" for device in found.known):
        yield Row("GPU", "none that torch can use")
    yield Row("auto", f"takes {found.usable[0].name}")
    if found.why_the_cpu:
        yield Row("", found.why_the_cpu)
    yield from _asked_for(asked)


def _asked_for(asked: Asked) -> Iterator[Row]:
    """A row where it is not here, or does not work."""
    try:
        tried(asked)
    except UserError as error:
        yield Row(FAILED, str(error), failed=True)


def _inside(device: torch.device) -> str:
    """Its memory, and what it can do."""
    import torch

    from trainer.devices.memory import free_on, taken_on

    told = f"{size(free_on(device))} free of {size(taken_on(device)[1])}"
    if device.type != "cuda":
        return told
    about = torch.cuda.get_device_properties(device)
    if torch.version.hip:
        return f"{told}, {about.gcnArchName}"
    return f"{told}, compute capability {about.major}.{about.minor}"


def tried(asked: Asked) -> list[str]:
    """The devices that are to be tested, the CPU last. Raises UserError where there is none."""
    from trainer.devices.choice import choose_device, find_devices

    works = [device.name for device in find_devices().usable]
    for name in works:
        choose_device(name)  # sets the precision that trainings have there
    if not asked.device or asked.device == "auto":
        return works
    wanted = str(choose_device(asked.device))
    return [name for name in works if name == wanted]
