"""The same training in a process without a window: what the window's share is measured against."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from trainer.recipe.recipe import Recipe

WARM_UP = 3.0  # s
NICE = 10  # as the window's training thread


def without_window(recipe: Recipe, seconds: float) -> float:
    """Steps per second, with as many threads and the same priority."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.window_cost", recipe.to_json(), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(told.stdout)


def _train(recipe: Recipe, seconds: float) -> float:
    from trainer.data.loading import load_data
    from trainer.devices.choice import choose_device
    from trainer.devices.threads import use_threads
    from trainer.training.loop import run, start

    if hasattr(os, "nice"):
        os.nice(NICE)
    use_threads()
    device = choose_device("auto")
    batches = load_data(recipe).batches(recipe, device)
    state = start(recipe, device)
    reports, began = run(state, batches, 10**9), time.perf_counter()
    while time.perf_counter() - began < WARM_UP:
        next(reports)
    first, began = state.step, time.perf_counter()
    while time.perf_counter() - began < seconds:
        next(reports)
    return (state.step - first) / (time.perf_counter() - began)


if __name__ == "__main__":
    print(_train(Recipe.from_json(sys.argv[1]), float(sys.argv[2])))
