"""Whether a GPU that is lost to this process works in a new one, as after a sleep it may."""

from __future__ import annotations

import os
import subprocess
import sys

SECONDS = 120.0  # torch is loaded there, from a disk that may be slow
_CODE = "import sys; from trainer.devices.choice import choose_device; choose_device(sys.argv[1])"


def works_anew(device: str) -> bool:
    """Whether another process can choose the device; takes as long as loading torch."""
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    hidden: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CODE, device],
            env=known,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            creationflags=hidden,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
