"""The command that trains, with a progress bar, checkpoints and a clean end by Ctrl-C."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from trainer.checkpoint import RunFolder
from trainer.data import load_data
from trainer.devices import choose_device, use_threads
from trainer.feed import Feed
from trainer.messages import Progress, UserError
from trainer.places import new_run_folder, runs_root
from trainer.recipes import Recipe
from trainer.training import TrainState, run, start

CALIBRATION_SECONDS = 2.0
LOG_SECONDS = 10.0  # between two lines of a bar that nobody watches


def train(args: argparse.Namespace, recipe: Recipe) -> int:
    """Train, with a progress bar; Ctrl-C saves and says how to go on (exit code 130)."""
    device = choose_device(args.device)
    threads = use_threads(alone=True)
    out, recipe = _open_run(args, recipe)
    feed = load_data(recipe, args.data).feed(recipe, device)
    if args.minutes and not args.resume:
        recipe = _fit_to_time(recipe, feed, args.minutes)
    folder = out or new_run_folder(recipe.name)  # made late: not for a run that cannot begin
    run_folder = RunFolder(folder) if args.resume else RunFolder.create(folder, recipe)
    where = device.type if device.type != "cpu" else f"cpu, {threads} thread{'s' * (threads > 1)},"
    print(f"{recipe.name} on {where} into {folder}", file=sys.stderr)
    with run_folder.alone():
        return _go_on(args, run_folder, recipe, feed)


def _go_on(args: argparse.Namespace, run_folder: RunFolder, recipe: Recipe, feed: Feed) -> int:
    """Train up to the asked step or time, and say how to go on from there."""
    folder, state = run_folder.path, run_folder.load(feed.device)
    until = args.steps or recipe.steps
    if state.step >= until:
        print(
            f"It already stands at step {state.step:,}; ask for more by --steps.", file=sys.stderr
        )
        return 0
    deadline = time.monotonic() + 60 * args.minutes if args.minutes else float("inf")
    if not train_with_bar(state, feed, until, run_folder, deadline, args.save_every):
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
            recipe = replace(recipe, seed=args.seed)
        recipe = _with_images(recipe, args).with_settings(args.settings)
        if args.steps and args.steps > recipe.steps:
            recipe = replace(recipe, steps=args.steps)
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


def _fit_to_time(recipe: Recipe, feed: Feed, minutes: float) -> Recipe:
    """The recipe with as many steps as fit, so that its schedules end when the time does."""
    seconds = 0.0  # a step takes
    for warm, share in ((1.0, recipe.warm), (0.0, 1 - recipe.warm)):
        if share:
            seconds += share / _speed(replace(recipe, warm=warm), feed, minutes)
    return replace(recipe, steps=max(10, int(60 * minutes / seconds)))


def _speed(recipe: Recipe, feed: Feed, minutes: float) -> float:
    """Steps per second."""
    began, rate = time.monotonic(), 1.0
    for progress in run(start(recipe, feed.device), feed, 10**9):
        rate = progress.rate
        if time.monotonic() - began > min(CALIBRATION_SECONDS, 3 * minutes):
            break
    return rate


def train_with_bar(
    state: TrainState,
    feed: Feed,
    until: int,
    folder: RunFolder,
    deadline: float,
    save_every: float,
    saving: Callable[[], None] = lambda: None,
) -> bool:
    """Train and save, until time is up; False if Ctrl-C ended it early.

    `saving` is called before each checkpoint.
    """
    saved, cost, note = time.monotonic(), 0.0, ""
    seldom = 0.1 if sys.stderr.isatty() else LOG_SECONDS
    with (
        _interrupt_noted() as interrupted,
        tqdm(
            total=until, initial=state.step, unit="step", dynamic_ncols=True, mininterval=seldom
        ) as bar,
    ):
        for progress in run(state, feed, until):
            folder.record(progress)
            bar.update(progress.step - bar.n)
            bar.set_postfix_str(_summary(progress), refresh=False)
            if progress.note != note:
                note = progress.note
                tqdm.write(note, file=sys.stderr)
            now = time.monotonic()
            # A big network's checkpoint takes long: never spend over a fiftieth of the time on it.
            if now > deadline or interrupted.is_set():
                break
            if now - saved > max(save_every, 50 * cost):
                saving()
                try:
                    folder.save(state)
                except UserError as error:  # a full disk may have room again later
                    tqdm.write(str(error), file=sys.stderr)
                saved = time.monotonic()
                cost = saved - now
        saving()
        folder.save(state)
    return state.step >= until or not interrupted.is_set()


@contextmanager
def _interrupt_noted() -> Iterator[threading.Event]:
    """Ctrl-C sets the event: raised in the middle of a step it would tear the state apart.

    A second Ctrl-C is raised at once.
    """
    noted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return

    def note(number: int, frame: object) -> None:
        if noted.is_set():
            raise KeyboardInterrupt
        noted.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


def _summary(progress: Progress) -> str:
    """The last report's mean losses, the games by their initials: D critic, G player."""
    short = {"reconstruction": "rec", "regularisation": "reg", "critic": "D", "player": "G"}
    parts = []
    for column, name in enumerate(progress.names):
        values = progress.losses[:, column]
        if not np.isnan(values).all() and "R1" not in name:
            words = [short.get(word, word) for word in name.split()]
            parts.append(f"{' '.join(words)} {np.nanmean(values):.3f}")
    return ", ".join(parts)
