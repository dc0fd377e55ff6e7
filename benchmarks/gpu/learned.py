"""What the paper's own sizes learn in a few minutes of a GPU, most telling first.

python -m benchmarks.gpu.learned --out FOLDER --scratch FOLDER --seconds S [--data FOLDER] [--quick]

Several of these may run at once: each takes the next trial that nobody has. Into learned.zip go
NAME.json (measures, steps, seconds), figures/NAME.png, curves/NAME.npy, and, of a trial of
`reproduce` that reached its own end, results/NAME/0.json: unpack that into docs/.
"""

from __future__ import annotations

import argparse
import io
import json
import platform
import sys
import time
import traceback
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.gpu.packs import Packs
from benchmarks.machine import describe
from trainer.data.loading import load_data
from trainer.devices.choice import choose_device
from trainer.evaluation import evaluate
from trainer.inference.model_files import export_model
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import LOSSES, Floats
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.reporting.figures import figure
from trainer.reporting.reproduce.claims import TRIALS as CLAIMED
from trainer.reporting.reproduce.records import Record, described
from trainer.reporting.sheets import to_png
from trainer.training.loop import run, start
from trainer.training.state import TrainState, parameters
from trainer.training.time_budget import fit_to_time

MEASURING = 20.0  # seconds for the data, measures and pictures of a trial, roughly
LONGEST = 150.0  # seconds of a training: the others are to have a turn
PATIENCE = 1.3  # times as long as planned: a plan is made while others are more, or less, busy
ROWS = 500  # of curves that are kept: means over as many stretches


@dataclass(frozen=True)
class Trial:
    """A recipe with other settings or data."""

    name: str
    recipe: str
    settings: tuple[str, ...] = ()
    images: str = ""
    weights: bool = False  # come back: there is room for few


# SVHN and CelebA are not at hand: the same sizes on data that are.
TRIALS = (
    Trial("mnist-10", "mnist-10", weights=True),
    Trial("mnist-clusters", "mnist-clusters", weights=True),
    Trial("mnist-semi", "mnist-semi"),
    Trial("fiae-mnist", "fiae-mnist"),
    Trial("fiae-clusters", "fiae-clusters"),
    Trial("mnist-det", "mnist-det"),
    Trial("mnist-5", "mnist-5"),
    Trial("shoes", "shoes"),
    # Small networks, trained as long as no CPU has the patience for: weights worth shipping.
    Trial("mnist-det-long", "mnist-det-small", ("steps=100000",), weights=True),
    Trial("mnist-10-long", "mnist-10-small", ("steps=90000", "code_blur=0.15"), weights=True),
    Trial("mnist-clusters-long", "mnist-clusters-small", ("steps=30000",), weights=True),
    Trial("mnist-semi-long", "mnist-semi-small", ("steps=30000",), weights=True),
    Trial("meters-75", "svhn-75", images="meterdigits32.zip"),
    Trial("meters-semi-full", "svhn-semi", ("labels=500",), "meterdigits32.zip"),
    Trial("faces-drawn", "faces", ("data=drawn-faces", "size=64")),
    Trial("celeba-50-drawn", "celeba-50", ("data=drawn-faces",)),
)
QUICK = (Trial("mog-iae", "mog-iae", weights=True),)


def made(trial: Trial, root: Path | None) -> Recipe:
    """Its recipe. Raises UserError."""
    recipe = find_recipe(trial.recipe)
    if trial.images:
        recipe = recipe.with_images(str((root or Path()) / trial.images))
    return recipe.with_settings(list(trial.settings))


@dataclass(frozen=True)
class Place:
    """Where trials are done, and until when (of time.monotonic())."""

    packs: Packs
    data: Path | None
    device: torch.device
    end: float

    @property
    def left(self) -> float:
        return self.end - time.monotonic()


def carry_out(trial: Trial, place: Place, longest: float) -> str:
    """Train to its end, or as many steps as fit; measure, draw, pack. Returns figures."""
    device, whole = place.device, made(trial, place.data)
    data = load_data(whole, place.data)
    batches = data.batches(whole, device)
    seconds = max(1.0, min(longest, place.left - MEASURING))
    recipe = whole.but(
        steps=min(whole.schedule.steps, fit_to_time(whole, batches, seconds / 60).schedule.steps)
    )
    state, rows, began = start(recipe, device), [], time.monotonic()
    for progress in run(state, batches, recipe.schedule.steps):
        rows.append(progress.losses)
        if time.monotonic() - began > PATIENCE * seconds or place.left < MEASURING / 2:
            break
    trained = time.monotonic() - began
    snapshot = publish(state.ema, state.step, device, batches)
    pack(place.packs, f"curves/{trial.name}.npy", _saved(_thinned(np.concatenate(rows))))
    if trial.weights:  # before what may fail, or run out of time
        path = place.packs.scratch / f"{trial.name}.safetensors"
        export_model(snapshot, path, {}, compact=not recipe.two_dimensional)
        tell(place.packs.add_weights(path))
    told: dict[str, Any] = {
        "recipe": recipe.to_mapping(),
        "losses": LOSSES,
        "steps": state.step,
        "seconds": round(trained, 1),
        "note": state.captured.why_not if state.captured else "eager",
        "device": describe(device),
    }
    pack(place.packs, f"figures/{trial.name}.png", to_png(figure(snapshot, place.data)))
    told["metrics"] = evaluate(snapshot, data)
    pack(place.packs, f"{trial.name}.json", json.dumps(told, indent=1).encode())
    pack_record(trial, whole, snapshot, state, told, place)
    ended = "whole" if state.step == whole.schedule.steps else "CUT SHORT"
    return f"{ended}: {state.step:,} steps in {trained:.0f} s; {json.dumps(told['metrics'])}"


def pack_record(
    trial: Trial,
    whole: Recipe,
    snapshot: Snapshot,
    state: TrainState,
    told: dict[str, Any],
    place: Place,
) -> None:
    """What `reproduce` would have written, of a trial that is its own and reached its end."""
    claimed = CLAIMED.get(trial.name)
    if claimed is None or state.step < whole.schedule.steps:
        return
    if described(claimed.made(place.data or Path(), whole.optim.seed)) != described(state.recipe):
        return
    name = torch.cuda.get_device_name(place.device) if place.device.type == "cuda" else "CPU"
    versions = f"Python {platform.python_version()}, PyTorch {torch.__version__.split('+')[0]}"
    record = Record(
        trial.name,
        whole.optim.seed,
        described(state.recipe),
        told["metrics"],
        name,
        round(told["seconds"] / 60, 1),
        time.strftime("%Y-%m-%d"),
        versions,
        parameters(snapshot.model.encoder) + parameters(snapshot.model.decoder),
    )
    text = json.dumps(asdict(record), indent=1) + "\n"
    pack(place.packs, f"results/{trial.name}/{whole.optim.seed}.json", text.encode())


def _thinned(curves: Floats) -> Floats:
    """Means over stretches, of the steps that compute a loss; NaN where none of them does."""
    parts = np.array_split(curves, min(ROWS, len(curves)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return np.stack([np.nanmean(part, 0) for part in parts]).astype(np.float32)


def _saved(curves: Floats) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, curves)
    return buffer.getvalue()


def pack(packs: Packs, name: str, content: bytes) -> None:
    tell(packs.add(name, content))


def tell(why: str) -> None:
    if why:
        print(why, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    for folder in (args.out, args.scratch):
        folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + args.seconds
    device = choose_device(args.device)
    place = Place(Packs(args.out, args.scratch), args.data, device, end)
    print(describe(device), flush=True)
    failed = 0
    for trial in QUICK if args.quick else TRIALS:
        if not args.quick and place.left < 2 * MEASURING:
            print(f"Not begun: {trial.name} and what follows it.", flush=True)
            break
        if place.packs.taken(trial.name):
            continue
        try:
            told = carry_out(trial, place, 3.0 if args.quick else LONGEST)
            print(f"{trial.name}: {told}", flush=True)
        except Exception:
            failed += 1
            print(f"{trial.name} FAILED: {traceback.format_exc(limit=-3)}", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
