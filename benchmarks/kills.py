"""Trainings that are killed at random moments, opened, checked, and gone on with.

python -m benchmarks.kills [--count 100] [--seed 0]

Half of the kills come from outside at random moments; the others hit inside a checkpoint's write,
at a random line of what writes it, also with half of a file written. Each run is killed some times
and then trained to its end; its weights and losses must equal those of a run that nobody disturbed.
Rates, R1 and the end are amended on the way.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from benchmarks.kill_points import killed_inside, timed
from trainer.data import drawn
from trainer.data.amendments import END, Amendment, Amendments
from trainer.data.amendments import FILE as AMENDMENTS
from trainer.data.loading import load_data, settled
from trainer.messages import LOSSES
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.saving import run_saved

CPU = torch.device("cpu")
INTERVAL = 0.15  # seconds between two checkpoints
SHARE = 50  # a checkpoint takes no more than a fiftieth of the time: slow ones are rarer
SLACK = 1.0  # seconds that a busy machine may add
KILLS = 5  # of a run, before it is left to end
TOY = ("mog-iae", "width=16", "batch=16", "steps=400")
IMAGES = ("drawn-10", "width=4", "batch=8", "code=4", "noise=6", "steps=50")


@dataclass
class Figures:
    """What came of the kills."""

    kills: int = 0
    inside: int = 0  # of a checkpoint's write
    lost: list[float] = field(default_factory=list)  # seconds of training, each kill
    faults: list[str] = field(default_factory=list)


def small(name: str, *settings: str) -> Recipe:
    return find_recipe(name).with_settings(list(settings))


def in_a_child(work: Callable[[], None]) -> int:
    """Do it in a fork of this process, which has torch; returns its process number."""
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        work()
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def train(path: Path, recipe: Recipe, tell: int, kill_at: float | None = None) -> None:
    """Begin the run or go on with it; tell each report's and each checkpoint's step."""
    torch.set_num_threads(1)
    data = load_data(recipe, None)
    fresh = not (path / "recipe.json").exists()
    folder = RunFolder.create(path, settled(recipe, data)) if fresh else RunFolder(path)
    if not (path / AMENDMENTS).exists():
        folder.write(AMENDMENTS, amendments_of(recipe).to_json())
    with folder.alone():
        state = folder.load(CPU)
        folder.save = timed(folder.save, tell)  # type: ignore[method-assign]
        if kill_at is not None:
            folder.save = killed_inside(folder.save, kill_at)  # type: ignore[method-assign]
        batches = data.batches(recipe, CPU)
        reports = run_saved(state, batches, state.terms.end, folder, save_every=INTERVAL)
        for progress in reports:
            os.write(tell, f"{progress.step} {time.monotonic()}\n".encode())


def amendments_of(recipe: Recipe) -> Amendments:
    """What is changed on the way: each at its step, however often that is trained."""
    third = recipe.schedule.steps // 3
    return Amendments(
        (
            Amendment(third, "optim.generator_rate", 5e-4),
            Amendment(third + 7, "objective.reconstruction.r1", 0.2),
            Amendment(2 * third, END, recipe.schedule.steps + third),
        )
    )


def killed_once(path: Path, recipe: Recipe, rng: random.Random, inside: bool) -> tuple[str, bool]:
    """Train until the kill; the last step told, and whether the run had ended before."""
    here, there = os.pipe()
    kill_at = rng.random() if inside else None

    def work() -> None:
        os.close(here)
        train(path, recipe, there, kill_at)

    number = in_a_child(work)
    os.close(there)
    # From the first report on, so that most kills find it training.
    told = b""
    moment = float("inf")
    while True:
        wait = min(60.0, max(0.0, moment - time.monotonic()))
        ready = select.select([here], [], [], wait)[0]
        if not ready:
            os.kill(number, signal.SIGKILL)
            break
        piece = os.read(here, 65536)
        if not piece:
            break
        if not told and not inside:
            moment = time.monotonic() + rng.uniform(0, 3 * INTERVAL)
        told += piece
    while piece := os.read(here, 65536):
        told += piece
    os.close(here)
    _, status = os.waitpid(number, 0)
    return told.decode(), os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0


def looked_at(path: Path, told: str, begun: int, figures: Figures) -> None:
    """Open what a kill left, and check it against what was told."""
    lines = [line.split() for line in told.splitlines()]
    steps = {int(word): float(when) for word, when in lines if word != "saved"}
    slowest = max([float(cost) for word, cost in lines if word == "saved"], default=0.0)
    folder = RunFolder(path)
    if not (path / "recipe.json").exists():
        if steps:
            figures.faults.append(f"{path}: no recipe after step {max(steps)}")
        return
    state = folder.load(CPU)
    curves = folder.curves()
    if len(curves) != state.step or curves.shape[1] != len(LOSSES):
        figures.faults.append(f"{path}: {len(curves)} losses of {state.step} steps")
    if state.step < begun:
        figures.faults.append(f"{path}: back from step {begun} to {state.step}")
    if steps:
        last = max(steps.values())
        kept = [when for step, when in steps.items() if step <= state.step]
        figures.lost.append(last - max(kept, default=min(steps.values())))
        if figures.lost[-1] > max(INTERVAL, SHARE * slowest) + SLACK:
            figures.faults.append(f"{path}: {figures.lost[-1]:.2f} s of training lost")


def same_end(path: Path, whole: Path) -> bool:
    """Whether a run ended as another did, to the last bit."""
    return all((path / f).read_bytes() == (whole / f).read_bytes() for f in (STATE, "curves.f32"))


def kill_many(count: int, seed: int, place: Path, recipes: tuple[Recipe, ...]) -> Figures:
    """So many kills in runs of the recipes in turn."""
    rng, figures = random.Random(seed), Figures()
    wholes = []
    for number, recipe in enumerate(recipes):
        load_data(recipe, None)  # once for all children
        whole = place / f"whole-{number}"
        _ended(whole, recipe)
        wholes.append(whole)
    run = 0
    while figures.kills < count:
        recipe, whole = recipes[run % len(recipes)], wholes[run % len(recipes)]
        path = place / f"run-{run}"
        run += 1
        for _ in range(min(KILLS, count - figures.kills)):
            inside = figures.kills % 2 == 1
            begun = RunFolder(path).load(CPU).step if (path / "recipe.json").exists() else 0
            told, ended = killed_once(path, recipe, rng, inside)
            if ended:
                break
            figures.kills += 1
            figures.inside += inside
            looked_at(path, told, begun, figures)
        _ended(path, recipe)
        if not same_end(path, whole):
            figures.faults.append(f"{path}: it did not end as {whole}")
        left = [file.name for file in path.iterdir() if file.name.startswith(".")]
        if left:
            figures.faults.append(f"{path}: {left} left")
        if not figures.faults:
            shutil.rmtree(path)
    return figures


def _ended(path: Path, recipe: Recipe) -> None:
    """Train to the end, undisturbed."""
    here, there = os.pipe()
    number = in_a_child(lambda: train(path, recipe, there))
    os.close(there)
    while os.read(here, 65536):
        pass
    os.close(here)
    _, status = os.waitpid(number, 0)
    if status:
        raise RuntimeError(f"{path} does not go on (status {status})")


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
    lost = sorted(figures.lost) or [0.0]
    print(
        f"{figures.kills} kills, {figures.inside} of them inside a write, in "
        f"{time.monotonic() - began:.0f} s; training lost: median {lost[len(lost) // 2]:.2f} s, "
        f"most {lost[-1]:.2f} s (a checkpoint every {INTERVAL} s); {len(figures.faults)} faults"
    )
    print("\n".join(figures.faults))
    if args.json:
        args.json.write_text(json.dumps(vars(figures)))
    if not figures.faults:
        shutil.rmtree(place)
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
