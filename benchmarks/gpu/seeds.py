"""Whether bf16 costs anything: its measures beside those of full precision, over the same seeds.

python -m benchmarks.gpu.seeds [--recipe mnist-10-small] [--seconds 150] [--data FOLDER]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe
from trainer.data.dataset import DataSet
from trainer.data.loading import load_data
from trainer.devices.choice import choose_device
from trainer.evaluation import evaluate
from trainer.inference.snapshot import publish
from trainer.messages import UserError
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.training.loop import run, start
from trainer.training.time_budget import fit_to_time

SEEDS = 4
MEASURING = 10.0  # seconds, about
PRECISIONS = ("full", "bf16")


def measured(recipe: Recipe, data: DataSet, device: Any) -> dict[str, Any]:
    """The measures of one training."""
    batches = data.batches(recipe, device)
    state = start(recipe, device)
    for _ in run(state, batches, recipe.schedule.steps):
        pass
    snapshot = publish(state.ema, state.step, device, batches)
    return evaluate(snapshot, data)


def compared(full: list[dict[str, Any]], low: list[dict[str, Any]]) -> list[str]:
    """A line for each measure: whether the mean of `low` lies within the spread of `full`."""
    lines = []
    for name, value in full[0].items():
        if not isinstance(value, (int, float)) or name == "step":
            continue
        both = [[each[name] for each in side if each.get(name) is not None] for side in (full, low)]
        if not all(both):
            continue
        mean, (least, most) = float(np.mean(both[1])), (min(both[0]), max(both[0]))
        spread = most - least  # of few seeds: half of it more on either side is usual
        within = least - spread / 2 <= mean <= most + spread / 2
        lines.append(
            f"{'within ' if within else 'OUTSIDE'} {name}: full {np.mean(both[0]):.5g} "
            f"({least:.5g} to {most:.5g}), bf16 {mean:.5g} ({min(both[1]):.5g} to "
            f"{max(both[1]):.5g})"
        )
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--recipe", default="mnist-10-small")
    parser.add_argument("--seconds", type=float, default=150.0)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    end = time.monotonic() + args.seconds
    device = choose_device(args.device)
    print(describe(device), flush=True)
    recipe = find_recipe("mog-iae" if args.quick else args.recipe)
    data = load_data(recipe, args.data)
    seconds = 0.3 if args.quick else max(2.0, args.seconds / (2 * SEEDS) - MEASURING)
    fitted = fit_to_time(recipe, data.batches(recipe, device), seconds / 60).schedule.steps
    recipe = recipe.but(steps=min(recipe.schedule.steps, fitted))
    print(f"{recipe.name}, {recipe.schedule.steps:,} steps", flush=True)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in PRECISIONS}
    for seed in range(1 if args.quick else SEEDS):
        for precision in PRECISIONS:
            if found["bf16"] and time.monotonic() > end - seconds - MEASURING:
                break
            try:
                of_seed = recipe.but(seed=seed, precision=precision)
                found[precision].append(measured(of_seed, data, device))
            except UserError as error:  # one that diverges is a result as well
                print(f"FAILED {precision}, seed {seed}: {error}", flush=True)
                continue
            print(f"{precision}, seed {seed}: {json.dumps(found[precision][-1])}", flush=True)
    if not all(found.values()):
        return 1
    print("\n".join(compared(found["full"], found["bf16"])), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
