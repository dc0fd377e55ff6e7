"""How many cores there are for this process. No torch."""

from __future__ import annotations

import os


def cores() -> int:
    """Those that it may use: a container, taskset or a queue of jobs may grant fewer than all."""
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):  # macOS and Windows do not say
        return os.cpu_count() or 1
