"""What a process took to read one file: seconds of the processor, and memory."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Took:
    """Of one file."""

    seconds: float  # of the processor: other programs do not count
    grown: int  # bytes, at the most


class Meter:
    """Counts from its making on, in this process."""

    def __init__(self) -> None:
        self._peak, self._start = _peak(anew=True), time.process_time()

    def took(self) -> Took:
        return Took(time.process_time() - self._start, _peak() - self._peak)


def _peak(anew: bool = False) -> int:
    """The most memory that this process took, on Linux since it was last asked for anew."""
    with suppress(OSError, TypeError):
        if anew:
            Path("/proc/self/clear_refs").write_text("5")
        told = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
        return int(told[1]) << 10 if told else 0
    return 0
