"""What the program computed before a change of its structure, to be held against it afterwards.

`python -m tests.recording` writes `tests/recorded/`; `tests/test_unchanged.py` reads it. To be run
again only where a change is meant to alter the arithmetic, and the commit says why.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.tiny import CPU, KINDS, batches_of, digits, kind_of, pictures_of, recipe_of
from trainer.inference.model_files import load_snapshot
from trainer.inference.render import render, render_clusters, sample_cloud
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import Pixels, Probe, column_seeds
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import TrainState, run, start

FOLDER = Path(__file__).parent / "recorded"
EXPECTED = FOLDER / "expected.json"
MODELS = Path(__file__).parent.parent / "assets" / "models"
STEPS = 5
# One of each full-size family, with a small batch; the sizes are the paper's.
FULL_SIZE = ("mnist-10", "svhn-75", "celeba-50", "shoes", "faces")
# Run folders as a version before the recipe had parts wrote them, a few kB each.
RUNS: dict[str, tuple[str, ...]] = {
    "iae-points": ("mog-iae", "width=6", "noise=3"),
    "gan-points": ("mog-gan", "width=6", "noise=3"),
    "fiae-points": ("fiae-toy", "width=6", "encoder_noise=3"),
    "infogan-points": ("infogan-toy", "width=6"),
    "cycleiae-24": ("faces-small", "width=2", "encoder_noise=2", "batch=4"),
    "vae-16": ("vae-small", "data=drawn-numbers", "size=16", "colour=true", "width=1"),
}
# What decides how sums are rounded: the same here and there, and bits must be equal.
MACHINE = f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}"


def machine() -> str:
    return f"{MACHINE}, {processor()}, {torch.get_num_threads()} thread"


def processor() -> str:
    """Its model and a mark of its abilities: torch's libraries choose their kernels by them."""
    try:
        known = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return platform.processor() or platform.machine()
    telling = ("cpu family", "model", "model name", "flags", "Features", "CPU part")
    lines = [line for line in known.splitlines() if line.partition(":")[0].strip() in telling]
    mark = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
    return f"{platform.machine()} {mark}"


def recipes() -> dict[str, Recipe]:
    """Every small recipe as it is, some full-size ones with a small batch, every kind of model."""
    small = {name: recipe for name, recipe in CATALOGUE.items() if not recipe.full_size}
    large = {name: CATALOGUE[name].with_settings(["batch=4"]) for name in FULL_SIZE}
    kinds = {f"kind: {kind}": kind_of(kind) for kind in KINDS}  # 20 steps: all phases in ten
    return small | large | kinds


def trained_few(recipe: Recipe, steps: int) -> tuple[TrainState, np.ndarray]:
    """The state after some steps on a little drawn data, and the losses [steps, names]."""
    state = start(recipe, CPU)
    return state, gone_on(state, steps)


def gone_on(state: TrainState, until: int) -> np.ndarray:
    rows = [progress.losses for progress in run(state, batches_of(state.recipe), until)]
    return np.concatenate(rows)


def losses_text(losses: np.ndarray) -> list[list[str]]:
    """Each number to the last bit, those that are not computed left out."""
    return [[float(v).hex() for v in row if not np.isnan(v)] for row in losses]


def mark(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:16]


def rendering_mark(snapshot: Snapshot, images: Pixels | None = None) -> str:
    """A checksum of what a snapshot shows of a fixed probe."""
    recipe = snapshot.recipe
    if recipe.two_dimensional:
        cloud = sample_cloud(snapshot, 0, 3)
        parts = [cloud.fake, cloud.codes] if cloud.codes is not None else [cloud.fake]
        return mark(np.concatenate([part.ravel() for part in parts]))
    seen = pictures_of(recipe, 3) if images is None else images
    offsets = (0.5,) if snapshot.directions is not None else ()
    probe = Probe(0, seen, column_seeds(7, 4), 0.8, offsets, False, offsets)
    told = render(snapshot, probe)
    parts = [told.tiles.ravel(), np.frombuffer(told.codes.tobytes(), np.uint8)]
    for more in (told.code_pictures, told.way_back):
        if more is not None:
            parts.append(more.ravel())
    if recipe.categorical:
        parts.append(render_clusters(snapshot, probe).tiles.ravel())
    return mark(np.concatenate(parts))


def trained_facts(recipe: Recipe) -> dict[str, Any]:
    state, losses = trained_few(recipe, 12 if recipe.schedule.steps == 20 else STEPS)
    shown = publish(state.ema, state.step, CPU, batches_of(recipe))
    return {"losses": losses_text(losses), "rendering": rendering_mark(shown)}


def shipped_models() -> Iterator[tuple[str, Path]]:
    for path in sorted(MODELS.glob("*.safetensors")):
        yield path.stem, path


def shipped_mark(path: Path) -> str:
    snapshot = load_snapshot(path, CPU)
    digital = snapshot.recipe.image_shape == (28, 28, 1)
    return rendering_mark(snapshot, digits(3) if digital else None)


def resumed(folder: Path) -> dict[str, Any]:
    """A recorded run goes on for five steps."""
    state = RunFolder(folder).load(CPU)
    losses = gone_on(state, state.step + STEPS)
    weights = [value.numpy().ravel() for value in state.ema.state_dict().values()]
    return {"losses": losses_text(losses), "weights": mark(np.concatenate(weights))}


def write_run(name: str) -> Path:
    folder = FOLDER / "runs" / name
    shutil.rmtree(folder, ignore_errors=True)
    recipe = recipe_of(*RUNS[name][:1]).with_settings([*RUNS[name][1:], "steps=20"])
    kept = RunFolder.create(folder, recipe)
    state = start(recipe, CPU)
    for progress in run(state, batches_of(recipe), 6):
        kept.record(progress)
    kept.save(state)
    (folder / "lock").unlink(missing_ok=True)
    return folder


def write() -> None:
    """Record all anew; the runs only where there are none, for an older version wrote them."""
    torch.set_num_threads(1)
    expected: dict[str, Any] = {"machine": machine()}
    expected["trained"] = {name: trained_facts(recipe) for name, recipe in recipes().items()}
    expected["shipped"] = {name: shipped_mark(path) for name, path in shipped_models()}
    for name in RUNS:
        if not (FOLDER / "runs" / name).exists():
            write_run(name)
    expected["resumed"] = {name: resumed(FOLDER / "runs" / name) for name in RUNS}
    EXPECTED.write_text(json.dumps(expected, indent=0) + "\n")


if __name__ == "__main__":
    write()
