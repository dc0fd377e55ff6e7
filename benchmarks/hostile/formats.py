"""A kind of file that may be hostile: how a bad one is made, and how the program reads it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.hostile.meter import Took


@dataclass(frozen=True)
class Format:
    """`make` writes one bad file into a folder; `read` does as the program does with it."""

    make: Callable[[random.Random, Path], Path]
    read: Callable[[Path], object]
    took: Callable[[], Took] | None = None  # the last file, where another process reads it
