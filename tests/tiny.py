"""Small real models and data for the tests of the engine."""

from __future__ import annotations

import gzip
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.data.dataset import DataSet, Rows
from trainer.data.drawing.digits import draw_digits
from trainer.data.drawing.faces import draw_faces
from trainer.data.drawing.numbers import draw_numbers
from trainer.data.drawing.points import four_points, mixture_of_gaussians
from trainer.data.drawing.shoes import draw_shoes
from trainer.data.sets.mnist import MNIST_FILES
from trainer.inference.snapshot import Snapshot, publish
from trainer.messages import Pixels, Progress, UserError
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import TrainState, run, start

ROOT = Path(__file__).parent.parent
CPU = torch.device("cpu")
ROWS = 120  # of training data

# Every model with every kind of code and noise: recipe_of's arguments. Of 20 steps, so that the
# warm start of those that have one ends within the first ten.
KINDS: dict[str, tuple[str, ...]] = {
    "iae": ("drawn-10",),
    "iae, encoder noise": ("drawn-10", "encoder_noise=3"),
    "iae, no noise": ("mnist-det-small", "warm=0.5"),  # few steps shall reach its game
    "iae, colour": ("svhn-75-small", "warm=0.4"),  # alike
    "iae, first moment": ("drawn-10", "warm=0", "first_moment=20"),
    "iae, to the letter": ("mnist-10-small", "paper=true"),
    "iae, marginal": ("drawn-10", "reconstruction=marginal", "mismatched=0", "mismatched_last=0"),
    "iae, categories": ("mnist-clusters-small",),
    "iae, categories, encoder noise": ("mnist-clusters-small", "encoder_noise=3"),
    "iae, labels": ("mnist-semi-small", "labels=20"),
    "iae, guesses": ("svhn-semi-small", "labels=20"),
    "iae, points": ("mog-iae",),
    "aae": ("aae-small",),
    "vae": ("vae-small",),
    "cycleiae, decoder noise": ("shoes-small",),
    "cycleiae, encoder noise": ("faces-small",),
    "cycleiae, both noises": ("shoes-small", "encoder_noise=3"),
    "cycleiae, no noise": ("shoes-small", "noise=0"),
    "cycleiae, l1": ("shoes-l1-small",),
    "cycleiae, marginal": ("faces-marginal-small",),
    "fiae": ("fiae-mnist-small",),
    "fiae, categories": ("fiae-clusters-small",),
    "fiae, guesses": ("fiae-clusters-small", "labels=20", "confidence=0.9"),
    "fiae, points": ("fiae-toy",),
    "fiae, marginal": ("fiae-toy", "reconstruction=marginal", "mismatched=0", "mismatched_last=0"),
    "fiae, euclidean": ("fiae-mnist-small", "reconstruction=euclidean"),
    "infogan": ("infogan-toy",),
    "gan": ("mog-gan",),
}


def recipe_of(name: str, *settings: str) -> Recipe:
    """A catalogue recipe made small; `settings` are KEY=VALUE. What has no noise gets none."""
    recipe = find_recipe(name)
    small = {"toy": ["width=16", "batch=16"], "small-resnet": ["width=4", "batch=8", "size=24"]}
    smaller = list(
        small.get(
            recipe.model.networks, ["batch=8"] if recipe.full_size else ["width=4", "batch=8"]
        )
    )
    if recipe.schedule.warm_batch:
        smaller.append("warm_batch=12")
    if recipe.model.networks != "toy":
        smaller += [
            f"noise={min(recipe.model.noise, 6)}",
            f"encoder_noise={min(recipe.model.encoder_noise, 3)}",
        ]
        if not recipe.translates and not recipe.categorical:
            smaller.append("code=4")
    return recipe.with_settings(smaller).with_settings(list(settings))


def where_it_matters(recipe: Recipe, *settings: str) -> Recipe:
    """The recipe with those of the settings that have an effect on it."""
    for setting in settings:
        try:
            recipe = recipe.with_settings([setting])
        except UserError as error:
            assert "would have no effect" in str(error)
    return recipe


def kind_of(kind: str) -> Recipe:
    """A recipe of `KINDS`, of 20 steps."""
    return recipe_of(*KINDS[kind], "steps=20")


def digits(count: int = 120, seed: int = 5) -> Pixels:
    """Drawn digits uint8 [count, 28, 28, 1]."""
    return draw_digits(count, seed).images.numpy()


@lru_cache(maxsize=8)
def _rows(data: str, size: int) -> Rows:
    """A little of a data set; what would have to be downloaded is drawn instead."""
    if data == "mog":
        return Rows(*mixture_of_gaussians(200, 3))
    if data == "four-points":
        return Rows(*four_points(200, 3))
    if data in ("drawn-numbers", "svhn"):
        drawn = draw_numbers(ROWS, 5, size)
    elif data in ("drawn-faces", "celeba"):
        drawn = draw_faces(ROWS, 5, size)
    elif data == "drawn-shoes":
        drawn = draw_shoes(ROWS, 5, size)
        return Rows(_channels_first(drawn.images), drawn.labels, edges=_channels_first(drawn.edges))
    else:
        drawn = draw_digits(ROWS, 5)
    return Rows(_channels_first(drawn.images), drawn.labels)


def _channels_first(images: Tensor) -> Tensor:
    return images.permute(0, 3, 1, 2).contiguous()


def data_of(recipe: Recipe) -> DataSet:
    """A little data of the recipe's kind, the same to train and to test on."""
    rows = _rows(recipe.data.name, recipe.data.size)
    if not recipe.translates:
        return DataSet(rows, rows)
    if recipe.data.second == "edges":
        half = torch.arange(len(rows)) % 2 == 0
        first, second = rows.only(half), rows.only(~half)
        assert second.edges is not None
        second = replace(second, images=second.edges)
    else:
        first, second = rows.only(rows.labels == 0), rows.only(rows.labels == 1)
    return DataSet(first, first, second, second, classes=2)


def batches_of(recipe: Recipe, device: torch.device = CPU) -> TrainingBatches:
    """A little training data of the recipe's kind."""
    return data_of(recipe).batches(recipe, device)


def sides(recipe: Recipe, count: int = 3) -> tuple[Tensor, Tensor]:
    """Data and codes of the recipe's shapes."""
    x = torch.rand(count, recipe.channels, recipe.data.size, recipe.data.size)
    if recipe.two_dimensional:
        x = torch.randn(count, 2)
    code = torch.rand_like(x) if recipe.translates else torch.randn(count, recipe.model.code)
    return x, code


def rng_of(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures_of(recipe: Recipe, count: int) -> Pixels:
    """Images of the recipe's kind, uint8 [count, H, W, C]."""
    images = data_of(recipe).test.images[:count]
    return np.ascontiguousarray(images.permute(0, 2, 3, 1).numpy())


def trained(recipe: Recipe, steps: int) -> tuple[TrainState, list[Progress]]:
    """The state after some steps, and the reports."""
    state = start(recipe, CPU)
    return state, list(run(state, batches_of(recipe), steps))


def snapshot_of(recipe: Recipe, steps: int = 5) -> Snapshot:
    state, _ = trained(recipe, steps)
    return publish(state.ema, state.step, CPU, batches_of(recipe))


def weights(state: TrainState) -> dict[str, Tensor]:
    """Copies of all the networks' weights and buffers."""
    return {k: v.clone() for k, v in state.model.state_dict().items()}


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def kept_losses(run: Path) -> int:
    """Steps of whose losses some are on the disk: `curves` has all, those that are lost as NaN."""
    return int(np.isfinite(RunFolder(run).curves()).any(1).sum())


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
