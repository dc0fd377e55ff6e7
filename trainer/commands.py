"""What the commands of the command line do."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from trainer.checkpoint import RunFolder
from trainer.data import load_data
from trainer.data.mnist import download_mnist
from trainer.evaluation import evaluate
from trainer.explore import Snapshot, render
from trainer.files import write_bytes
from trainer.images import as_network_sees, list_images, open_image
from trainer.messages import Pixels, Probe, Progress, UserError, column_seeds
from trainer.model_files import export_model, load_snapshot
from trainer.places import new_run_folder, runs_root
from trainer.recipes import Recipe
from trainer.sheets import sheet, to_png
from trainer.spaces import Empirical
from trainer.training import TrainState, choose_device, run, start, use_threads

CALIBRATION_SECONDS = 3.0


def train(args: argparse.Namespace, recipe: Recipe) -> int:
    """Train, with a progress bar; Ctrl-C saves and says how to go on (exit code 130)."""
    device = choose_device(args.device)
    use_threads()
    out, recipe = _open_run(args, recipe)
    source = load_data(recipe.data, args.data).source(device)
    if args.minutes and not args.resume:
        recipe = _fit_to_time(recipe, source, args.minutes)
    folder = out or new_run_folder(recipe.name)  # made late: not for a run that cannot begin
    run_folder = RunFolder(folder) if args.resume else RunFolder.create(folder, recipe)
    state = run_folder.load(device)
    until = args.steps or recipe.steps
    print(f"{recipe.name} on {device.type} into {folder}", file=sys.stderr)
    if state.step >= until:
        print(
            f"It already stands at step {state.step:,}; ask for more by --steps.", file=sys.stderr
        )
        return 0
    deadline = time.monotonic() + 60 * args.minutes if args.minutes else float("inf")
    if not _train_with_bar(state, source, until, run_folder, deadline, args.save_every):
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
        recipe = recipe.with_settings(args.settings)
        if args.steps and args.steps > recipe.steps:
            recipe = replace(recipe, steps=args.steps)
        return args.out, recipe
    folder = args.out or _newest_run(recipe.name)
    kept = RunFolder(folder).recipe()
    if kept.name != recipe.name:
        raise UserError(f"{folder} is a run of {kept.name}, not of {recipe.name}.")
    if args.settings or (args.seed is not None and args.seed != kept.seed):
        raise UserError("--resume keeps the run's own recipe and seed: leave out --set and --seed.")
    return folder, kept


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


def _fit_to_time(recipe: Recipe, source: Empirical, minutes: float) -> Recipe:
    """The recipe with as many steps as fit, so that its schedules end when the time does."""
    trial = start(replace(recipe, warm=0.0), source.rows.device)
    began, rate = time.monotonic(), 1.0
    for progress in run(trial, source, 10**9):
        rate = progress.rate
        if time.monotonic() - began > min(CALIBRATION_SECONDS, 6 * minutes):
            break
    return replace(recipe, steps=max(10, int(rate * 60 * minutes)))


def _train_with_bar(
    state: TrainState,
    source: Empirical,
    until: int,
    folder: RunFolder,
    deadline: float,
    save_every: float,
) -> bool:
    """Train and save; False if Ctrl-C ended it early."""
    saved, cost = time.monotonic(), 0.0
    with (
        _interrupt_noted() as interrupted,
        tqdm(total=until, initial=state.step, unit="step", dynamic_ncols=True) as bar,
    ):
        for progress in run(state, source, until):
            folder.record(progress)
            bar.update(progress.step - bar.n)
            bar.set_postfix_str(_summary(progress), refresh=False)
            now = time.monotonic()
            # A big network's checkpoint takes long: never spend over a fiftieth of the time on it.
            if now > deadline or interrupted.is_set():
                break
            if now - saved > max(save_every, 50 * cost):
                try:
                    folder.save(state)
                except UserError as error:  # a full disk may have room again later
                    tqdm.write(str(error), file=sys.stderr)
                saved = time.monotonic()
                cost = saved - now
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


def evaluate_model(args: argparse.Namespace) -> int:
    """Measure a model; a run folder also keeps the figures in its metrics.json."""
    snapshot = load_snapshot(args.model, choose_device(args.device), args.data)
    metrics = evaluate(snapshot, load_data(snapshot.recipe.data, args.data))
    if args.model.is_dir():
        _write(args.model / "metrics.json", json.dumps(metrics, indent=1).encode())
    if args.json:
        print(json.dumps(metrics))
    else:
        for key, value in metrics.items():
            print(f"{key:<20} {value}")
    return 0


def reconstruct(args: argparse.Namespace) -> int:
    """Write one sheet with a row for each image, or, given a folder, one sheet for each."""
    snapshot = load_snapshot(args.model, choose_device(args.device), args.data)
    shape = snapshot.facts().image_shape
    if shape is None:
        raise UserError(f"{args.model} is a model of points, not of images.")
    files = list_images(args.images, limit=100_000)
    if not files:
        raise UserError("There are no images in what was named.")
    seen = [as_network_sees(open_image(path), shape, digits=True) for path in files]
    if args.out.suffix.lower() == ".png" and not args.out.is_dir():
        _write(args.out, to_png(_sheet(snapshot, np.stack(seen), args)))
        print(args.out)
        return 0
    if args.out.suffix and not args.out.is_dir():
        raise UserError(f"--out {args.out}: a sheet is written as .png; else name a folder.")
    names = [path.stem for path in files]
    folded = [name.casefold() for name in names]  # one file to some file systems
    if len(set(folded)) < len(names):
        twice = next(name for name in names if folded.count(name.casefold()) > 1)
        raise UserError(f"Two images are named {twice}: their sheets would overwrite each other.")
    for name, picture in zip(names, seen, strict=True):
        target = args.out / f"{name}.png"
        _write(target, to_png(_sheet(snapshot, picture[None], args)))
        print(target)
    return 0


def _sheet(snapshot: Snapshot, seen: Pixels, args: argparse.Namespace) -> Pixels:
    probe = Probe(0, seen, column_seeds(args.seed, args.draws))
    return sheet(seen, render(snapshot, probe).tiles)


def _write(path: Path, data: bytes) -> None:
    try:
        write_bytes(path, data)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.") from error


def download(args: argparse.Namespace) -> int:
    """Fetch MNIST with a progress bar; Ctrl-C leaves nothing half-written."""
    with tqdm(total=1, unit="B", unit_scale=True, unit_divisor=1024) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        folder = download_mnist(args.data, show)
    print(folder)
    return 0


def export(args: argparse.Namespace) -> int:
    """Write one small safetensors file: averaged weights in fp16, recipe and metrics inside."""
    snapshot = load_snapshot(args.model, choose_device(args.device), args.data)
    metrics = evaluate(snapshot, load_data(snapshot.recipe.data, args.data))
    try:
        export_model(snapshot, args.file, metrics)
    except OSError as error:
        raise UserError(f"{args.file} cannot be written: {error.strerror}.") from error
    print(f"{args.file}: {args.file.stat().st_size / 2**20:.2f} MB, {json.dumps(metrics)}")
    return 0
