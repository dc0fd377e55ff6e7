"""The command that trains, with a progress bar, checkpoints and a clean end by Ctrl-C."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from pathlib import Path

from trainer.data.batches import TrainingBatches
from trainer.data.loading import load_data
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import new_run_folder, runs_root
from trainer.training.checkpoint import RunFolder
from trainer.training.device import choose_device, use_threads
from trainer.training.loop import run, start
from trainer.training.progress_bar import train_with_bar

CALIBRATION_SECONDS = 2.0


def train(args: argparse.Namespace, recipe: Recipe) -> int:
    """Train, with a progress bar; Ctrl-C saves and says how to go on (exit code 130)."""
    device = choose_device(args.device)
    threads = use_threads(alone=True)
    out, recipe = _open_run(args, recipe)
    batches = load_data(recipe, args.data).batches(recipe, device)
    if args.minutes and not args.resume:
        recipe = _fit_to_time(recipe, batches, args.minutes)
    folder = out or new_run_folder(recipe.name)  # made late: not for a run that cannot begin
    run_folder = RunFolder(folder) if args.resume else RunFolder.create(folder, recipe)
    where = device.type if device.type != "cpu" else f"cpu, {threads} thread{'s' * (threads > 1)},"
    print(f"{recipe.name} on {where} into {folder}", file=sys.stderr)
    with run_folder.alone():
        return _go_on(args, run_folder, recipe, batches)


def _go_on(
    args: argparse.Namespace, run_folder: RunFolder, recipe: Recipe, batches: TrainingBatches
) -> int:
    """Train up to the asked step or time, and say how to go on from there."""
    folder, state = run_folder.path, run_folder.load(batches.device)
    until = args.steps or recipe.schedule.steps
    if state.step >= until:
        print(
            f"It already stands at step {state.step:,}; ask for more by --steps.", file=sys.stderr
        )
        return 0
    deadline = time.monotonic() + 60 * args.minutes if args.minutes else float("inf")
    if not train_with_bar(state, batches, until, run_folder, deadline, args.save_every):
        again = f"python -m trainer train {recipe.name} --out {shlex.quote(str(folder))} --resume"
        extra = f" --steps {args.steps}" if args.steps else ""
        data = f" --data {shlex.quote(str(args.data))}" if args.data else ""
        print(f"\nSaved at step {state.step:,}. Go on with: {again}{extra}{data}", file=sys.stderr)
        return 130
    print(f"Done: step {state.step:,}, saved in {folder}", file=sys.stderr)
    print(f"Measure it: python -m trainer evaluate {shlex.quote(str(folder))}", file=sys.stderr)
    return 0


def _open_run(args: argparse.Namespace, recipe: Recipe) -> tuple[Path | None, Recipe]:
    if not args.resume:
        if args.seed is not None:
            recipe = recipe.but(seed=args.seed)
        recipe = _with_images(recipe, args).with_settings(args.settings)
        if args.steps and args.steps > recipe.schedule.steps:
            recipe = recipe.but(steps=args.steps)
        return args.out, recipe
    folder = args.out or _newest_run(recipe.name)
    kept = RunFolder(folder).recipe()
    if kept.name != recipe.name:
        raise UserError(f"{folder} is a run of {kept.name}, not of {recipe.name}.")
    other_seed = args.seed is not None and args.seed != kept.seed
    if args.settings or args.images or args.images_b or other_seed:
        raise UserError(
            "--resume keeps the run's own recipe, seed and images: "
            "leave out --set, --seed, --images and --images-b."
        )
    return folder, kept


def _with_images(recipe: Recipe, args: argparse.Namespace) -> Recipe:
    """Full paths: a run is resumed from another folder too."""
    if not args.images:
        if args.images_b:
            raise UserError("--images-b names the second domain: name the first with --images.")
        return recipe
    folders = [str(Path(name).resolve()) for name in (args.images, args.images_b) if name]
    return recipe.with_images(*folders)


def _newest_run(name: str) -> Path:
    mine = [p.parent for p in runs_root().glob("*/recipe.json") if _is_run_of(name, p.parent)]
    if not mine:
        raise UserError(f"There is no run of {name} in {runs_root()}. Name one by --out.")
    return max(mine, key=lambda p: (p / "recipe.json").stat().st_mtime)


def _is_run_of(name: str, folder: Path) -> bool:
    try:
        return RunFolder(folder).recipe().name == name
    except UserError:  # one damaged run does not stand in the way of the others
        return False


def _fit_to_time(recipe: Recipe, batches: TrainingBatches, minutes: float) -> Recipe:
    """The recipe with as many steps as fit, so that its schedules end when the time does."""
    seconds = 0.0  # a step takes
    for warm, share in ((1.0, recipe.schedule.warm), (0.0, 1 - recipe.schedule.warm)):
        if share:
            seconds += share / _speed(recipe.but(warm=warm), batches, minutes)
    return recipe.but(steps=max(10, int(60 * minutes / seconds)))


def _speed(recipe: Recipe, batches: TrainingBatches, minutes: float) -> float:
    """Steps per second."""
    began, rate = time.monotonic(), 1.0
    for progress in run(start(recipe, batches.device), batches, 10**9):
        rate = progress.rate
        if time.monotonic() - began > min(CALIBRATION_SECONDS, 3 * minutes):
            break
    return rate
