"""Versions of the program and of what it is built on, and what is set from outside. No torch."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib import metadata

from trainer import __version__
from trainer.reporting.doctor.records import Asked, Row

PACKAGES = ("torch", "torchvision", "numpy", "scipy", "scikit-learn", "PySide6-Essentials",
            "pyqtgraph", "Pillow", "pillow-heif", "av", "safetensors", "filelock", "platformdirs",
            "wakepy")  # fmt: skip
VARIABLES = ("OMP_NUM_THREADS", "KMP_DUPLICATE_LIB_OK", "CUDA_VISIBLE_DEVICES",
             "HIP_VISIBLE_DEVICES", "HSA_OVERRIDE_GFX_VERSION", "ZE_AFFINITY_MASK",
             "PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF", "PYTORCH_ENABLE_MPS_FALLBACK",
             "LD_LIBRARY_PATH", "QT_PLUGIN_PATH", "QT_QPA_PLATFORM", "QT_QPA_PLATFORM_PLUGIN_PATH",
             "QT_SCALE_FACTOR", "DYLD_LIBRARY_PATH", "IAE_STUDIO_DATA")  # fmt: skip


def versions(asked: Asked) -> Iterator[Row]:
    """Of the program, of Python, of what it is built on."""
    bits = 64 if sys.maxsize > 2**32 else 32
    python = f"{platform.python_version()} ({platform.python_implementation()}, {bits} bit)"
    yield Row("IAE Studio", __version__)
    yield Row("Python", python)
    yield Row("System", f"{platform.system()} {platform.release()} {platform.machine()}")
    for name in PACKAGES:
        yield Row(name.removesuffix("-Essentials"), _version(name))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "is not installed"


def window(asked: Asked) -> Iterator[Row]:
    """What only a window knows: its screens, say."""
    yield from asked.window


def surroundings(asked: Asked) -> Iterator[Row]:
    """What was set from outside and changes how it runs."""
    found = [Row(name, os.environ[name]) for name in VARIABLES if name in os.environ]
    yield from found or [Row("nothing", "")]
