"""Saves that tell how long they took, or end the process in their middle."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

WRITERS = ("/storage/files.py", "/storage/half_written.py", "/training/checkpoint.py",
           "/training/curves_file.py", "/training/small_files.py")  # fmt: skip


def timed(save: Callable[..., None], tell: int) -> Callable[..., None]:
    """A save that tells how long it took."""

    def told(*arguments: Any) -> None:
        began = time.monotonic()
        save(*arguments)
        os.write(tell, f"saved {time.monotonic() - began}\n".encode())

    return told


def killed_inside(save: Callable[..., None], kill_at: float) -> Callable[..., None]:
    """A save that ends the process at a random line of it: `kill_at`, 0 to 1, of all its lines."""
    count = 0
    lines: int | None = None  # of a whole save, once one was seen

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.endswith(WRITERS):
            return None
        if event == "line":
            count += 1
            if lines is not None and count > kill_at * lines:
                _write_half(frame)
                os.kill(os.getpid(), signal.SIGKILL)
        return watch

    def traced(*arguments: Any) -> None:
        nonlocal count, lines
        count = 0
        sys.settrace(watch)
        try:
            save(*arguments)
        finally:
            sys.settrace(None)
            lines = count

    return traced


def _write_half(frame: FrameType) -> None:
    """Where the next line writes a file, half of it is written."""
    file, data = frame.f_locals.get("file"), frame.f_locals.get("data")
    if frame.f_code.co_name == "write_bytes" and hasattr(file, "write") and data:
        file.write(data[: len(data) // 2])
        file.flush()
