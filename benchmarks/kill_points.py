"""Saves that tell how long they took, or end the process in their middle."""

from __future__ import annotations

import linecache
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import IO, Any

WRITERS = ("/storage/files.py", "/storage/half_written.py", "/training/checkpoint.py",
           "/training/curves_file.py", "/training/small_files.py")  # fmt: skip


def timed(save: Callable[..., None], tell: int) -> Callable[..., None]:
    """A save that tells how long it took."""

    def told(*arguments: Any) -> None:
        began = time.monotonic()
        save(*arguments)
        os.write(tell, f"saved {time.monotonic() - began}\n".encode())

    return told


def killed_inside(
    save: Callable[..., None], kill_at: float, torn: bool, tell: int
) -> Callable[..., None]:
    """A save that ends the process at a random line of it: `kill_at`, 0 to 1, of all its lines.

    `torn`: only of those that write a file, half of which is then written. A random line is hardly
    ever one of them. The moment of the kill is told before it, and the file that was torn.
    """
    count = 0
    points: int | None = None  # where it may end, once a whole save was seen

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.endswith(WRITERS):
            return None
        if event == "line" and not (torn and _written(frame) is None):
            count += 1
            if points is not None and count > kill_at * points:
                half = _write_half(frame)
                os.write(tell, f"{half or 'killed'} {time.monotonic()}\n".encode())
                os.kill(os.getpid(), signal.SIGKILL)
        return watch

    def traced(*arguments: Any) -> None:
        nonlocal count, points
        count = 0
        sys.settrace(watch)
        try:
            save(*arguments)
        finally:
            sys.settrace(None)
            points = count

    return traced


def _written(frame: FrameType) -> tuple[str, IO[bytes], bytes] | None:
    """What the next line writes, to which file; None where it writes none."""
    line, known = linecache.getline(frame.f_code.co_filename, frame.f_lineno), frame.f_locals
    if "curves.write(rows.tobytes())" in line:
        return "curves", known["curves"], known["rows"].tobytes()
    if "file.write(data)" in line:
        return "state", known["file"], known["data"]
    return None


def _write_half(frame: FrameType) -> str:
    """Where the next line writes a file, half of it is written; which file that is, or ""."""
    found = _written(frame)
    if found is None:
        return ""
    name, file, data = found
    file.write(data[: len(data) // 2])
    file.flush()
    return name
