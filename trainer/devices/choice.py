"""The one decision about the device, for trainings and pictures alike."""

from __future__ import annotations

import torch

from trainer.devices.drivers import facts, why_no_gpu, why_none_of
from trainer.devices.records import AUTO, CPU, NAMES, WAYS, DeviceInfo, FoundDevices
from trainer.devices.trial import forget, title_of, why_not
from trainer.messages import UserError


def choose_device(name: str) -> torch.device:
    """A device by its name; `auto` is the first GPU that works, else the CPU.

    `cuda` is the first of several. Raises UserError where there is no such device, or where it does
    not work.
    """
    if not NAMES.fullmatch(name):
        raise UserError(f"The device is {WAYS}, not {name!r}.")
    if name == CPU:
        return torch.device(CPU)
    there = accelerators()
    if name == AUTO:
        there = [device for device in there if not why_not(device)]
        return _prepared(there[0]) if there else torch.device(CPU)
    wanted = torch.device(name)
    wanted = torch.device(wanted.type, wanted.index or 0)
    if wanted not in there:
        raise UserError(_missing(name, there))
    if why := why_not(wanted):
        raise UserError(f"{why} Or choose the CPU.")
    return _prepared(wanted)


def accelerators() -> list[torch.device]:
    """The GPUs that torch sees."""
    if not torch.accelerator.is_available():
        return []
    kind = torch.accelerator.current_accelerator()
    assert kind is not None
    return [torch.device(kind.type, n) for n in range(torch.accelerator.device_count())]


def find_devices() -> FoundDevices:
    """All devices, each tried; takes a second or two the first time."""
    there = [DeviceInfo(str(d), title_of(d), why_not(d)) for d in accelerators()]
    return FoundDevices((*there, DeviceInfo(CPU, "CPU")), why_the_cpu())


def why_the_cpu() -> str:
    """Why `auto` takes no GPU though there is one, in sentences; empty where all is well."""
    there = accelerators()
    if any(not why_not(device) for device in there):
        return ""
    return " ".join(map(why_not, there)) or why_no_gpu(facts())


def try_again() -> None:
    """Forget which devices work: one was lost, or may be back."""
    forget()


def _missing(name: str, there: list[torch.device]) -> str:
    if there:
        return f"There is no device {name} here, but {', '.join(map(str, there))}."
    why = why_none_of(name.partition(":")[0])
    return f"There is no device {name} here. {why} Or choose the CPU (--device cpu)."


def _prepared(device: torch.device) -> torch.device:
    if device.type == "cuda":
        # Matrices multiply in TF32: ten bits of mantissa, sums in float32.
        torch.set_float32_matmul_precision("high")
    return device
