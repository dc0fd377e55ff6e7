"""What is known of a device, for a window and a command line. No torch."""

from __future__ import annotations

import re
from dataclasses import dataclass

CPU, AUTO = "cpu", "auto"
KINDS = ("cuda", "mps", "xpu")  # NVIDIA's and AMD's GPUs, Apple's, Intel's
UNTRIED = frozenset({"mps", "xpu"})  # that nobody of us has had at hand
NAMES = re.compile(rf"{AUTO}|{CPU}|({'|'.join(KINDS)})(:(0|[1-9]\d?))?")
WAYS = "auto, cpu, cuda, mps or xpu, or one of several GPUs, as in cuda:1"


@dataclass(frozen=True)
class DeviceInfo:
    """A device of this computer."""

    name: str  # cpu, cuda:0, mps:0, ...
    title: str  # "CPU", "NVIDIA H100"
    why_not: str = ""  # one sentence: why it cannot be used, and the way out

    @property
    def kind(self) -> str:
        """The name without a number."""
        return self.name.partition(":")[0]

    @property
    def number(self) -> str:
        """Which one of several GPUs, counted from 0; empty for the CPU."""
        return self.name.partition(":")[2]

    @property
    def told(self) -> str:
        """What it is, and whether those who wrote this program ever had one."""
        untried = " (not tried on hardware by us)" if self.kind in UNTRIED else ""
        return self.title + untried


@dataclass(frozen=True)
class FoundDevices:
    """All that were found, the CPU last."""

    known: tuple[DeviceInfo, ...]
    why_the_cpu: str = ""  # why no GPU is taken though there is one; a sentence or more

    @property
    def usable(self) -> tuple[DeviceInfo, ...]:
        """Those that work, the best first."""
        return tuple(device for device in self.known if not device.why_not)
