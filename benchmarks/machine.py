"""What a table of figures has to name: device, versions, date."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

import torch


def describe(device: torch.device) -> str:
    """One line for the head of a table."""
    if device.type == "cuda":
        what = torch.cuda.get_device_name(device)
    elif device.type != "cpu":
        what = f"{device.type} of {_processor()}"
    else:
        what = f"{_processor()}, {os.cpu_count()} cores"
    return (
        f"{what}; Python {platform.python_version()}, PyTorch {torch.__version__}, "
        f"{platform.system()}, {time.strftime('%Y-%m-%d')}"
    )


def _processor() -> str:
    """Its name and the instructions that matter here, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)
    }
    flags = [flag for flag in ("avx2", "avx512f", "amx_bf16") if flag in found.get("flags", "")]
    return f"{found.get('model name', platform.machine())} ({', '.join(flags)})"
