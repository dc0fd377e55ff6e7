"""What a bug report must know of this computer: versions, devices, places. Plain text."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from trainer import __version__
from trainer.messages import UserError
from trainer.storage.faults import told
from trainer.storage.paths import assets, cache_root, data_root, logs_root, runs_root

PACKAGES = ("torch", "torchvision", "numpy", "scipy", "PySide6-Essentials", "pyqtgraph", "Pillow",
            "pillow-heif", "av", "safetensors", "filelock", "platformdirs", "wakepy")  # fmt: skip
VARIABLES = ("OMP_NUM_THREADS", "KMP_DUPLICATE_LIB_OK", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH",
             "QT_PLUGIN_PATH", "QT_QPA_PLATFORM", "QT_QPA_PLATFORM_PLUGIN_PATH",
             "DYLD_LIBRARY_PATH", "IAE_STUDIO_DATA")  # fmt: skip


def doctor() -> str:
    """All sections, one below the other."""
    parts = ["\n".join((title, *(f"  {line}" for line in lines()))) for title, lines in SECTIONS]
    return "\n\n".join(parts) + "\n"


def versions() -> list[str]:
    """Of the program, of Python, of what it is built on."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    python = f"{platform.python_version()} ({platform.python_implementation()})"
    own = [f"IAE Studio {__version__}", f"Python {python}", system]
    return own + [f"{name} {_version(name)}" for name in PACKAGES]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "is not installed"


def surroundings() -> list[str]:
    """What was set from outside and changes how it runs."""
    return [f"{name}={os.environ[name]}" for name in VARIABLES if name in os.environ] or ["nothing"]


def devices() -> list[str]:
    """What there is to compute on."""
    lines = [f"{os.cpu_count()} CPU cores, {_memory()}"]
    try:
        import torch

        lines.append(f"torch computes with {torch.get_num_threads()} threads")
        for number in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
            about = torch.cuda.get_device_properties(number)
            lines.append(f"GPU {number}: {about.name}, {_size(about.total_memory)}")
        if not torch.cuda.is_available():
            lines.append(f"no GPU that torch can use (built for CUDA {torch.version.cuda})")
    except Exception as error:  # a broken installation is what this is asked for
        lines.append(f"torch cannot be loaded: {' '.join(str(error).split())}")
    return lines


def _memory() -> str:
    try:
        return f"{_size(os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES'))} of memory"
    except (AttributeError, ValueError, OSError):  # Windows does not say so
        return "memory unknown"


def places() -> list[str]:
    """Where things lie, whether they can be written, and how much room there is."""
    known: dict[str, Callable[[], Path]] = {
        "program": lambda: assets().parent,
        "data": data_root,
        "runs": runs_root,
        "cache": cache_root,
        "logs": logs_root,
        "temporary": lambda: Path(tempfile.gettempdir()),
    }
    return [f"{name}: {_place(find)}" for name, find in known.items()]


def _place(find: Callable[[], Path]) -> str:
    try:
        folder = find()
        there = next((up for up in (folder, *folder.parents) if up.exists()), folder)
        free = f"{_size(shutil.disk_usage(there).free)} free"
    except UserError as error:
        return str(error)
    except OSError as error:
        return told(error)
    later = "" if there == folder else ", not made yet"
    try:
        with tempfile.TemporaryFile(dir=there):
            return f"{folder}, writable, {free}{later}"
    except OSError as error:
        return f"{folder}, not writable ({error.strerror}), {free}{later}"


def _size(count: float) -> str:
    return f"{count / 2**30:,.1f} GiB"


# The parts of the answer, in their order; another one is another line.
SECTIONS: tuple[tuple[str, Callable[[], list[str]]], ...] = (
    ("Versions", versions),
    ("Devices", devices),
    ("Places", places),
    ("Set from outside", surroundings),
)
