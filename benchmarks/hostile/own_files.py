"""Our own files, spoiled: run folders and model files, read as the window and the commands do."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.hostile.formats import Format
from benchmarks.hostile.mutations import spoiled_bytes, spoiled_json, spoiled_tensors
from iae_studio.state.model_files import find_runs, model_recipe
from trainer.api.loaded import load
from trainer.data.batches import TrainingBatches
from trainer.data.dataset import DataSet, Rows
from trainer.data.drawing.digits import draw_digits
from trainer.data.drawing.points import mixture_of_gaussians
from trainer.data.folders.trained_on import FILE, Folder, ImageList, TrainedOn, read_list
from trainer.inference.model_files import export_model
from trainer.inference.render import render, sample_cloud
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import Probe, UserError
from trainer.models.size import weights_of
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import assets, new_run_folder, runs_root
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.loop import run
from trainer.training.state import start

CPU = torch.device("cpu")
Spoil = Callable[[random.Random, bytes], bytes]
RECIPES = (
    find_recipe("mog-iae").with_settings(["width=16", "batch=16"]),
    find_recipe("drawn-10").with_settings(["width=4", "batch=8", "code=4", "noise=6"]),
)
STEPS = 6


def _batches(recipe: Recipe) -> TrainingBatches:
    """A little data of the recipe's kind."""
    if recipe.two_dimensional:
        rows = Rows(*mixture_of_gaussians(200, 3))
    else:
        drawn = draw_digits(40, 5)
        rows = Rows(drawn.images.permute(0, 3, 1, 2).contiguous(), drawn.labels)
    return DataSet(rows, rows).batches(recipe, CPU)


@cache
def good(which: int) -> Path:
    """A run folder as the program writes it, and beside it a model file of it."""
    recipe = RECIPES[which]
    place = Path(tempfile.mkdtemp(prefix="hostile-"))
    folder, state, batches = (
        RunFolder.create(place / "run", recipe),
        start(recipe, CPU),
        _batches(recipe),
    )
    for progress in run(state, batches, STEPS):
        folder.record(progress)
    folder.save(state, batches)
    metrics = {"step": STEPS, "mse": 0.25, "content_held": None, "not_measured": {"x": "few"}}
    folder.write("metrics.json", json.dumps(metrics).encode())
    one = Folder("photos", "12 images", {"a.png": 5, "b.png": -7}, (0, 1), ("cats", "dogs"))
    folder.write(FILE, ImageList((one,), TrainedOn(frozenset({5}), frozenset({-7}))).to_json())
    export_model(publish(state.ema, STEPS, CPU, batches), place / "model.safetensors", metrics)
    return place


# ---- what is bad ---------------------------------------------------------------------------------


def _run_with(name: str, spoil: Spoil, rng: random.Random, folder: Path) -> Path:
    """A run folder of which one file is bad; beside it lies a good one."""
    path = Path(tempfile.mkdtemp(dir=folder)) / "run"
    shutil.copytree(good(0) / "run", path.parent / "good")
    shutil.copytree(good(rng.randrange(len(RECIPES))) / "run", path)
    file = path / name
    if rng.random() < 0.02:
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes(spoil(rng, file.read_bytes()))
    return path


def _json_or_bytes(rng: random.Random, content: bytes) -> bytes:
    if rng.random() < 0.25:
        return spoiled_bytes(rng, content)
    return spoiled_json(rng, json.loads(content))


def _tensors_or_bytes(rng: random.Random, content: bytes) -> bytes:
    head = content[: 8 + int.from_bytes(content[:8], "little")]
    if rng.random() < 0.2:  # where it matters
        return spoiled_bytes(rng, head) + content[len(head) :]
    return spoiled_bytes(rng, content) if rng.random() < 0.1 else spoiled_tensors(rng, content)


def _model(rng: random.Random, folder: Path) -> Path:
    shipped = sorted((assets() / "models").glob("*.safetensors"))
    own = [good(which) / "model.safetensors" for which in range(len(RECIPES))]
    file = Path(tempfile.mkdtemp(dir=folder)) / "model.safetensors"
    file.write_bytes(_tensors_or_bytes(rng, rng.choice([*shipped, *own, *own]).read_bytes()))
    return file


# ---- how it is read ------------------------------------------------------------------------------


def _listed(path: Path) -> Recipe:
    """As the list of runs has it, and whoever goes on with it."""
    names = {each.path.name for each in find_runs(path.parent).readable}
    assert "good" in names, "a bad run hides the good ones"
    recipe = RunFolder(path).recipe()
    assert Recipe.from_json(recipe.to_json()) == recipe
    weights_of(recipe)
    made = new_run_folder(recipe.name)
    made.rmdir()
    assert made.parent.resolve() == runs_root().resolve(), "a name leads elsewhere"
    return recipe


def _trained_on(path: Path) -> None:
    """As a training that goes on reads it, and a model that is shown."""
    state = RunFolder(path).load(CPU)
    curves = RunFolder(path).curves()
    kept = good(RECIPES.index(state.recipe)) / "run" / "curves.f32"
    if (path / "curves.f32").read_bytes() == kept.read_bytes():
        known = np.isfinite(curves).any(1).sum()  # steps without any loss are filled up with NaN
        assert known == min(state.step, STEPS), "losses that are there are not found"
    assert not (curves == 0).all(1).any(), "lost losses that look like some"
    if state.recipe == RECIPES[0] and state.step == STEPS:  # the one whose step is quick
        list(run(state, _batches(state.recipe), STEPS + 1))


def _shown(path: Path) -> None:
    """As `evaluate`, `figure` and the window open a model."""
    model_recipe(path)
    model = load(path)
    json.dumps(model.metrics)
    _drawn(model.snapshot)


def _drawn(snapshot: Snapshot) -> None:
    snapshot.facts()
    recipe = snapshot.recipe
    shape = recipe.image_shape
    if shape is None:
        sample_cloud(snapshot, 0, 0)
        return
    seen = torch.zeros(2, *shape, dtype=torch.uint8).numpy()
    render(snapshot, Probe(0, seen, (0, 1), code_offsets=(1.0,), noise_offsets=(1.0,)))


def _state(path: Path) -> None:
    """Both ways: what one refuses the other may still take."""
    refused = []
    for use in (_trained_on, _shown):
        try:
            use(path)
        except UserError as error:
            refused.append(error)
    if refused:
        raise refused[0]


FORMATS: dict[str, Format] = {
    "recipe.json": Format(partial(_run_with, "recipe.json", _json_or_bytes), _listed),
    "state.safetensors": Format(partial(_run_with, STATE, _tensors_or_bytes), _state),
    "curves.f32": Format(partial(_run_with, "curves.f32", spoiled_bytes), _trained_on),
    "metrics.json": Format(partial(_run_with, "metrics.json", _json_or_bytes), _shown),
    "images.json": Format(partial(_run_with, FILE, _json_or_bytes), read_list),
    "model file": Format(_model, _shown),
}
