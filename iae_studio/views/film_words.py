"""What is said of a film before it is written."""

from __future__ import annotations

from typing import Protocol


class Expected(Protocol):
    """What a film will be."""

    @property
    def frames(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def size(self) -> int: ...


def facts(expected: Expected) -> str:
    """Frames, their size, and about how large the file."""
    pixels = f"{expected.width:,} × {expected.height:,} px"
    frames = "1 frame" if expected.frames == 1 else f"{expected.frames:,} frames"
    return f"{frames} in {expected.seconds:.1f} s, {pixels}, about {megabytes(expected.size)}"


def megabytes(size: int) -> str:
    """Bytes, with as many digits as they deserve."""
    if size < 1_000_000:
        return f"{max(round(size / 1000), 1):,} KB"
    return f"{size / 1e6:.1f} MB" if size < 10_000_000 else f"{round(size / 1e6):,} MB"
