"""What the commands of the command line do, but for training."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from tqdm import tqdm

from trainer.data.downloads import Progress
from trainer.data.image_files import as_network_sees, list_images, open_image
from trainer.data.loading import load_data
from trainer.data.sets.mnist import download_mnist
from trainer.data.sets.svhn import download_svhn
from trainer.evaluation import evaluate
from trainer.inference.model_files import export_model, load_snapshot
from trainer.inference.render import Snapshot, render
from trainer.messages import Pixels, Probe, UserError, column_seeds
from trainer.recipe.recipe import DIGITS
from trainer.reporting.figures import figure
from trainer.reporting.sheets import sheet, to_png
from trainer.storage.files import write_bytes
from trainer.training.device import choose_device


def evaluate_model(args: argparse.Namespace) -> int:
    """Measure a model; a run folder also keeps the figures in its metrics.json."""
    snapshot = load_snapshot(args.model, choose_device(args.device), args.data)
    metrics = evaluate(snapshot, load_data(snapshot.recipe, args.data))
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
    digits = snapshot.recipe.data.name in DIGITS
    seen = [as_network_sees(open_image(path), shape, digits) for path in files]
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
    told = render(snapshot, Probe(0, seen, column_seeds(args.seed, args.draws)))
    return sheet(seen, told.tiles, told.code_pictures)


def draw_figure(args: argparse.Namespace) -> int:
    """Write the picture of a model on test images."""
    snapshot = load_snapshot(args.model, choose_device(args.device), args.data)
    _write(args.out, to_png(figure(snapshot, args.data, args.seed)))
    print(args.out)
    return 0


def _write(path: Path, data: bytes) -> None:
    try:
        write_bytes(path, data)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.") from error


def _fetch(name: str, root: Path | None, progress: Progress) -> Path:
    if name == "svhn":
        return download_svhn(root, progress)
    return download_mnist(root, progress, name=name)


def download(args: argparse.Namespace) -> int:
    """Fetch a data set with a progress bar; Ctrl-C leaves nothing half-written."""
    with tqdm(total=1, unit="B", unit_scale=True, unit_divisor=1024) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        folder = _fetch(args.name, args.data, show)
    print(folder)
    return 0


def export(args: argparse.Namespace) -> int:
    """Write one small safetensors file: averaged weights in fp16, recipe and metrics inside."""
    snapshot = load_snapshot(args.model, choose_device(args.device), args.data)
    metrics = evaluate(snapshot, load_data(snapshot.recipe, args.data))
    try:
        export_model(snapshot, args.file, metrics)
    except OSError as error:
        raise UserError(f"{args.file} cannot be written: {error.strerror}.") from error
    print(f"{args.file}: {args.file.stat().st_size / 2**20:.2f} MB, {json.dumps(metrics)}")
    return 0
