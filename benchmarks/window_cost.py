"""The same training in a process without a window: what the window's share is measured against.

It saves and keeps moments as the window's does; publishing weights is a part of the window's share.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from trainer.recipe.recipe import Recipe

WARM_UP = 3.0  # s
NICE = 10  # as the window's training thread
SAVE_SECONDS = 30.0  # alike


def without_window(recipe: Recipe, seconds: float) -> float:
    """Steps per second, with as many threads and the same priority."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.window_cost", recipe.to_json(), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(told.stdout)


def rate(recipe: Recipe, seconds: float, folder: Path, warm_up: float = WARM_UP) -> float:
    """Steps per second of a training that is kept in a folder, with its moments, as a window's."""
    import trainer

    with trainer.train(recipe, out=folder, save_every=SAVE_SECONDS) as training:
        began = time.perf_counter()
        while time.perf_counter() - began < warm_up:
            next(training)
        first, began = training.step, time.perf_counter()
        while time.perf_counter() - began < seconds:
            next(training)
        return (training.step - first) / (time.perf_counter() - began)


def main() -> None:
    from trainer.devices.threads import use_threads

    if hasattr(os, "nice"):
        os.nice(NICE)
    use_threads()
    with tempfile.TemporaryDirectory() as folder:
        print(rate(Recipe.from_json(sys.argv[1]), float(sys.argv[2]), Path(folder) / "run"))


if __name__ == "__main__":
    main()
