"""Trainings that are killed at random moments, opened, checked, and gone on with.

python -m benchmarks.kills [--count 100] [--seed 0]

Half of the kills come from outside at random moments; the others hit inside a checkpoint's write,
at a random line of what writes it, and each third of these with half of a file written. Each run is
killed some times and then trained to its end; its weights and losses must equal those of a run that
nobody disturbed. Rates, R1 and the end are amended on the way.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
import torch

from benchmarks.killed import (
    CPU,
    INSIDE,
    INTERVAL,
    OUTSIDE,
    TORN,
    Ending,
    ended,
    killed_once,
)
from trainer.data import drawn
from trainer.data.loading import load_data
from trainer.messages import LOSSES
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import STATE, RunFolder

SHARE = 50  # a checkpoint takes no more than a fiftieth of the time: slow ones are rarer
SLACK = 1.0  # seconds that a busy machine may add
KILLS = 5  # of a run, before it is left to end
TURNS = (OUTSIDE, INSIDE, OUTSIDE, INSIDE, OUTSIDE, TORN)
TOY = ("mog-iae", "width=16", "batch=16", "steps=400")
IMAGES = ("drawn-10", "width=4", "batch=8", "code=4", "noise=6", "steps=50")


@dataclass
class Figures:
    """What came of the kills."""

    kills: int = 0
    inside: int = 0  # of a checkpoint's write
    torn: list[str] = field(default_factory=list)  # files of which half was written
    # Seconds of training, each kill from outside: inside, saves are traced, and so slow and rare.
    lost: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def told(self) -> str:
        """In a line."""
        torn = ", ".join(f"{self.torn.count(name)} of the {name}" for name in ("curves", "state"))
        return (
            f"{self.kills} kills, {self.inside} of them inside a write (half written: {torn}); "
            f"training lost by the others: median {median(self.lost or [0]):.2f} s, most "
            f"{max(self.lost, default=0):.2f} s (a checkpoint every {INTERVAL} s, or {SHARE} times "
            f"what a save costs); {len(self.faults)} faults"
        )


def small(name: str, *settings: str) -> Recipe:
    return find_recipe(name).with_settings(list(settings))


def looked_at(path: Path, ending: Ending, begun: int, figures: Figures) -> None:
    """Open what a kill left, and check it against what was told."""
    folder, steps, faults = RunFolder(path), ending.steps, figures.faults
    if not (path / "recipe.json").exists():
        if steps:
            faults.append(f"{path}: no recipe after step {max(steps)}")
        return
    state = folder.load(CPU)
    curves = folder.curves()
    # Each step has some loss; steps of which the file has none are filled up with NaN.
    known = int(np.isfinite(curves).any(1).sum())
    if known != state.step or curves.shape[1] != len(LOSSES):
        faults.append(f"{path}: losses of {known} of {state.step} steps")
    if state.step < max(begun, ending.saved):
        faults.append(f"{path}: back from step {max(begun, ending.saved)} to {state.step}")
    if steps and ending.killed is not None and ending.kill == OUTSIDE:
        kept = max(when for step, when in steps.items() if step <= state.step)
        figures.lost.append(ending.killed - kept)
        if figures.lost[-1] > max(INTERVAL, SHARE * ending.slowest) + SLACK:
            faults.append(f"{path}: {figures.lost[-1]:.2f} s of training lost")


def same_end(path: Path, whole: Path) -> bool:
    """Whether a run ended as another did, to the last bit."""
    return all((path / f).read_bytes() == (whole / f).read_bytes() for f in (STATE, "curves.f32"))


def kill_some(path: Path, recipe: Recipe, most: int, rng: random.Random, figures: Figures) -> None:
    """Kill a run at most so many times, until it has ended."""
    for _ in range(most):
        kill = TURNS[figures.kills % len(TURNS)]
        begun = RunFolder(path).load(CPU).step if (path / "recipe.json").exists() else 0
        ending = killed_once(path, recipe, rng, kill)
        if ending.status == 0:
            return
        if not ending.by_kill:
            figures.faults.append(f"{path}: it broke off by itself (status {ending.status})")
            return
        figures.kills += 1
        figures.inside += kill != OUTSIDE
        figures.torn += [ending.torn] if ending.torn else []
        looked_at(path, ending, begun, figures)


def kill_many(count: int, seed: int, place: Path, recipes: tuple[Recipe, ...]) -> Figures:
    """So many kills in runs of the recipes in turn; fewer where something is wrong."""
    rng, figures = random.Random(seed), Figures()
    wholes = []
    for number, recipe in enumerate(recipes):
        load_data(recipe, None)  # once for all children
        whole = place / f"whole-{number}"
        ended(whole, recipe)
        wholes.append(whole)
    run = 0
    while figures.kills < count and len(figures.faults) < count:
        recipe, whole = recipes[run % len(recipes)], wholes[run % len(recipes)]
        path = place / f"run-{run}"
        run += 1
        kill_some(path, recipe, min(KILLS, count - figures.kills), rng, figures)
        ended(path, recipe)
        if not same_end(path, whole):
            figures.faults.append(f"{path}: it did not end as {whole}")
        left = [file.name for file in path.iterdir() if file.name.startswith(".")]
        if left:
            figures.faults.append(f"{path}: {left} left")
        if not figures.faults:
            shutil.rmtree(path)
    return figures


def few_data() -> None:
    """Little to draw, so that a child is soon at work."""
    drawn.COUNTS = {"train": 400, "test": 80, "few": 80}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    few_data()
    began = time.monotonic()
    memory = Path("/dev/shm")  # a kill is not a power cut: any disk will do, and this one is quick
    place = Path(tempfile.mkdtemp(prefix="kills-", dir=memory if memory.is_dir() else None))
    figures = kill_many(args.count, args.seed, place, (small(*TOY), small(*IMAGES)))
    print(f"{figures.told()}; {time.monotonic() - began:.0f} s in all")
    print("\n".join(figures.faults))
    if args.json:
        args.json.write_text(json.dumps(vars(figures)))
    if not figures.faults:
        shutil.rmtree(place)
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
