"""How long a hand waits for its picture, while nothing trains and while a training replays steps.

python -m benchmarks.gpu.latency [RECIPE ...] [--device cuda] [--quick]

Both are in one process, as in the window: the training on a thread of its own.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
import traceback

import numpy as np
import torch

from benchmarks.machine import describe
from trainer.devices.choice import choose_device
from trainer.inference.render import render, sample_cloud
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import Probe, Rendering
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.training.loop import run, start
from trainer.training.made_up import made_up

RECIPES = ("mog-iae", "mnist-10", "svhn-75", "celeba-50", "shoes", "faces")
IMAGES, DRAWS, ASKED = 8, 10, 40
BEFORE = 1.5  # seconds of training, so that its steps are captured
GOAL = 33.0  # ms to the first row


def ask(snapshot: Snapshot, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds to the first row, and to all tiles, of each of so many questions."""
    recipe = snapshot.recipe
    firsts, alls = [], []
    shape = (IMAGES, *(recipe.image_shape or ()))
    pictures = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    for number in range(count):
        began = time.perf_counter()
        if recipe.two_dimensional:
            sample_cloud(snapshot, 1, number)
            firsts.append(1e3 * (time.perf_counter() - began))
        else:

            def ahead(_: Rendering, began: float = began) -> None:
                firsts.append(1e3 * (time.perf_counter() - began))

            render(snapshot, Probe(1, pictures, tuple(range(DRAWS))), ahead)
        alls.append(1e3 * (time.perf_counter() - began))
    return firsts, alls


class Trainer(threading.Thread):
    """Trains until it is told to end."""

    def __init__(self, recipe: Recipe, device: torch.device) -> None:
        super().__init__()
        self.state = start(recipe, device)
        self.batches = made_up(recipe, device)
        self.over, self.error = False, ""

    def run(self) -> None:
        try:
            for _ in run(self.state, self.batches, 10**9):
                if self.over:
                    return
        except Exception as error:
            self.error = repr(error)

    def rate(self, seconds: float) -> float:
        """Steps per second, for so long."""
        before, began = self.state.step, time.perf_counter()
        time.sleep(seconds)
        return (self.state.step - before) / (time.perf_counter() - began)


def told(name: str, device: torch.device, quick: bool) -> str:
    """A row of the table."""
    recipe = CATALOGUE[name].but(warm=0.0)
    asked, before = (2, 0.05) if quick else (ASKED, BEFORE)
    trainer = Trainer(recipe, device)
    snapshot = publish(trainer.state.ema, 0, device, trainer.batches)
    ask(snapshot, 3)
    idle = ask(snapshot, asked)
    trainer.start()
    try:
        trainer.rate(before)
        alone = trainer.rate(before)
        began, from_step = time.perf_counter(), trainer.state.step
        busy = ask(snapshot, asked)
        meanwhile = (trainer.state.step - from_step) / (time.perf_counter() - began)
    finally:
        trainer.over = True
        began = time.perf_counter()
        trainer.join(60)
    pause = 1e3 * (time.perf_counter() - began)
    assert not trainer.error, trainer.error
    tiles = IMAGES * DRAWS if not recipe.two_dimensional else 1
    first = [_percentiles(each[0]) for each in (idle, busy)]
    whole = [_percentiles(each[1]) for each in (idle, busy)]
    speed = tiles * 1e3 / float(np.median(idle[1]))
    note = trainer.state.captured.why_not if trainer.state.captured else "eager"
    late = " LATE" if float(np.percentile(busy[0], 95)) > GOAL else ""
    return (
        f"| `{name}` | {speed:,.0f} | {first[0]} | {whole[0]} | {first[1]}{late} | {whole[1]} "
        f"| {alone:,.0f} | {meanwhile:,.0f} | {pause:.0f} | {note} |"
    )


def _percentiles(values: list[float]) -> str:
    middle, late = np.percentile(values, (50, 95))
    return f"{middle:.1f}, {late:.1f}"


HEAD = """Milliseconds (p50, p95) to the first row and to all 80 tiles.
| recipe | tiles/s | first row, idle | all, idle | first row, training | all, training \
| steps/s alone | steps/s meanwhile | ms to a pause | note |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recipes", nargs="*", metavar="RECIPE")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    device = choose_device(args.device)
    print(f"{describe(device)}\n{HEAD}", flush=True)
    failed = 0
    for name in args.recipes or RECIPES[: 2 if args.quick else None]:
        try:
            print(told(name, device, args.quick), flush=True)
        except Exception:
            failed += 1
            print(f"FAILED {name}: {traceback.format_exc(limit=-3)}", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
