"""What the paper's own sizes learn in a few minutes of a GPU, most telling first.

python -m benchmarks.gpu.learned --out FOLDER --seconds S [--data FOLDER] [--device cuda] [--quick]

FOLDER/learned.zip grows with each trial: NAME.json (measures, steps, seconds), NAME.png,
NAME.safetensors (fp16), curves as NAME.npy.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.machine import describe
from trainer.data.loading import load_data
from trainer.devices.choice import choose_device
from trainer.evaluation import evaluate
from trainer.inference.model_files import export_model
from trainer.inference.snapshot import publish
from trainer.messages import LOSSES
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.reporting.figures import figure
from trainer.reporting.sheets import to_png
from trainer.training.loop import run, start
from trainer.training.time_budget import fit_to_time

MEASURING = 15.0  # seconds for the data, measures and pictures of a trial, roughly


@dataclass(frozen=True)
class Trial:
    """A recipe with other settings or data, and its share of the time."""

    name: str
    recipe: str
    share: float
    settings: tuple[str, ...] = ()
    images: str = ""


# SVHN, CelebA and the paper's shoes are not at hand: the same sizes on data that are.
TRIALS = (
    Trial("mnist-10", "mnist-10", 1.0),
    Trial("mnist-clusters", "mnist-clusters", 1.5),
    Trial("mnist-semi", "mnist-semi", 1.2),
    Trial("fiae-mnist", "fiae-mnist", 1.0),
    Trial("fiae-clusters", "fiae-clusters", 1.0),
    Trial("mnist-det", "mnist-det", 0.8),
    Trial("mnist-5", "mnist-5", 0.8),
    Trial("meters-75", "svhn-75", 1.0, images="meterdigits32.zip"),
    Trial("meters-semi", "svhn-semi", 1.0, ("labels=500",), "meterdigits32.zip"),
    Trial("shoes-64", "shoes", 1.5, ("data=drawn-shoes", "size=64")),
    Trial("faces-64", "faces", 1.5, ("data=drawn-faces", "size=64")),
    Trial("celeba-50-drawn", "celeba-50", 1.0, ("data=drawn-faces",)),
)
QUICK = (Trial("mog-iae", "mog-iae", 1.0),)


def made(trial: Trial, root: Path | None) -> Recipe:
    """Its recipe. Raises UserError."""
    recipe = find_recipe(trial.recipe)
    if trial.images:
        recipe = recipe.with_images(str((root or Path()) / trial.images))
    return recipe.with_settings(list(trial.settings))


def carry_out(
    trial: Trial, seconds: float, root: Path | None, device: torch.device, archive: Path
) -> str:
    """Train as many steps as fit, measure, draw; all of it into the archive. Returns figures."""
    began = time.monotonic()
    recipe = made(trial, root)
    data = load_data(recipe, root)
    batches = data.batches(recipe, device)
    left = max(1.0, seconds - MEASURING - (time.monotonic() - began))
    recipe = fit_to_time(recipe, batches, left / 60)
    state, rows, trained = start(recipe, device), [], time.monotonic()
    for progress in run(state, batches, recipe.schedule.steps):
        rows.append(progress.losses)
        if time.monotonic() - trained > 1.2 * left:  # it was fitted while nobody else was busy
            break
    trained = time.monotonic() - trained
    snapshot = publish(state.ema, state.step, device, batches)
    weights = archive.with_name(f"{trial.name}.safetensors")
    export_model(snapshot, weights, {})  # before what may fail or run out of time
    told = {
        "recipe": recipe.to_mapping(),
        "losses": LOSSES,
        "steps": state.step,
        "seconds": round(trained, 1),
        "replayed": not (state.captured and state.captured.why_not),
        "note": state.captured.why_not if state.captured else "eager",
        "device": describe(device),
    }
    with zipfile.ZipFile(archive, "a") as zipped:
        zipped.write(weights, weights.name)
        with zipped.open(f"{trial.name}.npy", "w") as file:
            np.save(file, np.concatenate(rows))
    weights.unlink()
    told["metrics"] = evaluate(snapshot, data)
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(f"{trial.name}.json", json.dumps(told, indent=1))
        zipped.writestr(f"{trial.name}.png", to_png(figure(snapshot, root)))
    return f"{state.step:,} steps in {trained:.0f} s; {json.dumps(told['metrics'])}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + args.seconds
    device = choose_device(args.device)
    print(describe(device), flush=True)
    trials, failed = list(QUICK if args.quick else TRIALS), 0
    while trials:
        trial, left = trials[0], end - time.monotonic()
        share = left * trial.share / sum(each.share for each in trials)
        share = min(share, MEASURING + 3) if args.quick else share
        if left < 2 * MEASURING:
            print(f"Not begun: {', '.join(each.name for each in trials)}.", flush=True)
            break
        del trials[0]
        try:
            told = carry_out(trial, share, args.data, device, args.out / "learned.zip")
            print(f"{trial.name}: {told}", flush=True)
        except Exception:
            failed += 1
            print(f"{trial.name} FAILED: {traceback.format_exc(limit=-3)}", flush=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
