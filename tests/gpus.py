"""Devices as a window hears of them."""

from __future__ import annotations

from trainer.devices.records import CPU, DeviceInfo, FoundDevices


def with_gpus(*titles: str) -> FoundDevices:
    """A computer with NVIDIA's GPUs of these titles."""
    gpus = [DeviceInfo(f"cuda:{number}", title) for number, title in enumerate(titles)]
    return FoundDevices((*gpus, DeviceInfo(CPU, "CPU")))
