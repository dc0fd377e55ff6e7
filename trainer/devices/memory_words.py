"""Memory in words, for a window and a command line. No torch."""

from __future__ import annotations

from trainer.devices.records import CPU
from trainer.messages import MemoryUse
from trainer.recipe.fit import GIB, in_bytes

NEARLY_FULL = "memory nearly full"


def in_short(memory: MemoryUse) -> str:
    """What is used of all: "2.1 of 24 GiB"; where little is free, that and how little."""
    if not memory.total:
        return in_bytes(memory.used) if memory.used else ""
    if memory.scarce:
        return f"{NEARLY_FULL}, {left(memory)}"
    if memory.total < GIB:
        return f"{in_bytes(memory.used)} of {in_bytes(memory.total)}"
    return f"{memory.used / GIB:,.1f} of {memory.total / GIB:,.0f} GiB"


def left(memory: MemoryUse) -> str:
    """What is free, in two words and a number."""
    return f"{in_bytes(memory.free)} free"


def in_full(memory: MemoryUse) -> str:
    """A line for each figure, and the device that they are of."""
    where = "the computer" if memory.device == CPU else f"the GPU ({memory.device})"
    lines = [f"Memory of {where}", f"{in_bytes(memory.used)} used by this program"]
    if memory.total:
        lines += [f"{in_bytes(memory.free)} free", f"{in_bytes(memory.total)} in all"]
    if memory.scarce:
        lines.append("Less than a tenth is free: close other programs, or use smaller batches.")
    return "\n".join(lines)
