"""Runs that were trained a few steps and have moments of their own, for the tests of time."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import torch

import trainer
from trainer.inference.model_files import export_model, load_snapshot
from trainer.inference.snapshot import Snapshot
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import runs_root
from trainer.storage.snapshots import snapshot_path

CPU = torch.device("cpu")


def trained_run(recipe: Recipe, steps: int = 2, name: str = "a run") -> Path:
    """A run of the user's that rests; only its start may be kept by itself."""
    folder = runs_root() / name
    with trainer.train(recipe, out=folder, steps=steps) as training:
        for _ in training:
            pass
    return folder


def keep(run: Path, *steps: int, kept: bool = False) -> None:
    """Moments of these steps, each with weights of its own."""
    snapshot = load_snapshot(run, CPU)
    for step in steps:
        export_model(moved(snapshot, step), snapshot_path(run, step, kept), {})


def moved(snapshot: Snapshot, step: int) -> Snapshot:
    """The same model a little elsewhere: a function of the step."""
    model = copy.deepcopy(snapshot.model)
    rng = torch.Generator().manual_seed(step)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.02 * torch.randn(weight.shape, generator=rng)
    return replace(snapshot, step=step, model=model)
