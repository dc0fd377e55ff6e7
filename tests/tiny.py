"""Small real models and data for the tests of the engine."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.data.drawn import draw_digits
from trainer.explore import Snapshot, publish
from trainer.messages import Pixels, Progress
from trainer.places import MNIST_FILES
from trainer.recipes import Recipe, find_recipe
from trainer.spaces import Empirical
from trainer.training import TrainState, run, start

ROOT = Path(__file__).parent.parent
CPU = torch.device("cpu")
SMALL = ["width=4", "batch=8", "code=4", "noise=6"]
TOY = ["width=16", "batch=16"]


def recipe_of(name: str, *settings: str) -> Recipe:
    """A catalogue recipe made small; `settings` are KEY=VALUE."""
    recipe = find_recipe(name)
    size = TOY if recipe.networks == "toy" else SMALL
    return recipe.with_settings([*size, *settings])


def digits(count: int = 120, seed: int = 5) -> Pixels:
    """Drawn digits uint8 [count, 28, 28, 1]."""
    return draw_digits(count, seed).images.numpy()


def source_of(recipe: Recipe) -> Empirical:
    """A little training data of the recipe's kind."""
    if recipe.two_dimensional:
        rng = torch.Generator().manual_seed(3)
        return Empirical(torch.randn(200, 2, generator=rng))
    return Empirical(draw_digits(120, 5).images.permute(0, 3, 1, 2).contiguous())


def trained(recipe: Recipe, steps: int) -> tuple[TrainState, list[Progress]]:
    """The state after some steps, and the reports."""
    state = start(recipe, CPU)
    return state, list(run(state, source_of(recipe), steps))


def snapshot_of(recipe: Recipe, steps: int = 5) -> Snapshot:
    state, _ = trained(recipe, steps)
    return publish(state.ema, state.step, CPU, source_of(recipe))


def weights(state: TrainState) -> dict[str, Tensor]:
    """Copies of all the networks' weights and buffers."""
    return {k: v.clone() for k, v in state.model.state_dict().items()}


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def idx_bytes(values: np.ndarray) -> bytes:
    """An array uint8 in MNIST's own file format."""
    head = bytes([0, 0, 8, values.ndim])
    return head + np.array(values.shape, ">i4").tobytes() + values.astype(np.uint8).tobytes()


def write_mnist(root: Path, train: int = 60, test: int = 20, packed: bool = False) -> Path:
    """A small MNIST, of drawn digits, in its true files; returns the root."""
    folder = root / "MNIST" / "raw"
    folder.mkdir(parents=True)
    parts = []
    for count, seed in ((train, 1), (test, 2)):
        drawn = draw_digits(count, seed)
        parts += [drawn.images[..., 0].numpy(), drawn.labels.numpy()]
    for name, part in zip(MNIST_FILES, parts, strict=True):
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(idx_bytes(part)))
        else:
            (folder / name).write_bytes(idx_bytes(part))
    return root


def trainer_process(*arguments: str) -> subprocess.Popen[str]:
    """`python -m trainer` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "trainer", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def leftovers(folder: Path) -> list[Path]:
    """Temporary files that somebody forgot."""
    return [path for path in folder.rglob(".*") if path.is_file()]
