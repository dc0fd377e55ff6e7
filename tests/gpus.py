"""Devices as a window hears of them, and GPUs that torch seems to see."""

from __future__ import annotations

import pytest

from trainer.devices.records import CPU, DeviceInfo, FoundDevices


def with_gpus(*titles: str) -> FoundDevices:
    """A computer with NVIDIA's GPUs of these titles."""
    gpus = [DeviceInfo(f"cuda:{number}", title) for number, title in enumerate(titles)]
    return FoundDevices((*gpus, DeviceInfo(CPU, "CPU")))


def see_gpus(monkeypatch: pytest.MonkeyPatch, *outcomes: str) -> None:
    """Make torch see GPUs: of each, what its trial says."""
    import torch

    from trainer.devices import choice

    there = [torch.device("cuda", number) for number in range(len(outcomes))]
    told = dict(zip(there, outcomes, strict=True))
    monkeypatch.setattr(choice, "accelerators", lambda: there)
    monkeypatch.setattr(choice, "why_not", lambda device: told.get(device, ""))
    monkeypatch.setattr(choice, "title_of", lambda device: f"card {device.index}")
