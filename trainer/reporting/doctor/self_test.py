"""Whether a device computes what the CPU does: one step and one rendering of tiny models."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.inference.render import render, sample_cloud
from trainer.inference.snapshot import publish
from trainer.messages import LOSSES, Floats, Probe
from trainer.models.base import Model
from trainer.models.placing import placed
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.reporting.doctor.same_draws import SameDraws
from trainer.training.cuda_graphs import WARM_UP, CapturedSteps
from trainer.training.loop import start, step
from trainer.training.made_up import made_up
from trainer.training.step import next_batch

CPU = torch.device("cpu")
DRAWS = 3  # pictures of an image
SMALL = ("width=4", "batch=8", "noise=6")
PLANE = ("width=16", "batch=16")
# One of each kind of model, so small that a step takes the CPU a few hundredths of a second.
KINDS: dict[str, tuple[str, ...]] = {
    "IAE": ("drawn-10", *SMALL, "code=4"),
    "categories": ("mnist-clusters-small", *SMALL),
    "CycleIAE": ("shoes-small", *SMALL, "size=24"),
    "FIAE": ("fiae-mnist-small", "width=4", "batch=8", "code=4"),
    "points": ("mog-iae", *PLANE),
    "GAN": ("mog-gan", *PLANE),
}
CAPTURED = ("IAE", "points")
NAMES = (*LOSSES, "whole step")
LOUD = 2.0  # times the first weights: pictures of those are grey all over, and would hide a fault


@dataclass(frozen=True)
class Limits:
    """How far apart two devices may be."""

    losses: float  # relative
    grey: float  # of 255, a pixel
    points: float  # in the plane
    why: str = ""  # it is more than usual

    def told(self) -> str:
        """In words."""
        return f"losses {100 * self.losses:g} %, pixels {self.grey:g} of 255{self.why}"


FULL = Limits(1e-3, 1, 1e-3)  # in full precision
SHORT = Limits(2e-2, 3, 1e-2, " (TF32)")  # ten bits of mantissa: see the tests


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a device makes of a kind of model."""

    losses: Floats  # [len(LOSSES) + 1], NaN where the kind has none; the last tells of all
    picture: Floats  # of pixels 0 to 255, or of points
    points: bool = False


@contextmanager
def full_precision() -> Iterator[None]:
    """Products without TF32, for all threads of the program as long as the block runs."""
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before[0])
        torch.backends.cudnn.allow_tf32 = before[1]


def recipe_of(kind: str) -> Recipe:
    """The tiny recipe of a kind; both games are played from its first step on."""
    name, *settings = KINDS[kind]
    return find_recipe(name).but(warm=0.0).with_settings(settings)


def outcome(kind: str, device: torch.device) -> Outcome:
    """One step and one rendering, from the same weights, batch and noise on every device."""
    recipe = recipe_of(kind)
    with SameDraws():
        state, batches = start(recipe, device), made_up(recipe, device)
        losses = step(state, next_batch(state, batches))
        made = _picture(placed(_loud(start(recipe, CPU).ema), device), recipe, batches)
    return Outcome(losses.cpu().numpy(), made, recipe.two_dimensional)


def _picture(model: Model, recipe: Recipe, batches: TrainingBatches) -> Floats:
    snapshot = publish(model, 0, batches.device, batches)
    if recipe.two_dimensional:
        return sample_cloud(snapshot, 1, 0).fake
    images = made_up(recipe, CPU, 2).data.rows.permute(0, 2, 3, 1).contiguous().numpy()
    probe = Probe(1, images, tuple(range(DRAWS)))
    return render(snapshot, probe).tiles.astype(np.float32)


@torch.no_grad()
def _loud(model: Model) -> Model:
    """A copy whose pictures have contrast."""
    model = copy.deepcopy(model)
    for weight in model.parameters():
        if weight.dim() > 1:
            weight.mul_(LOUD)
    return model


def compared(found: Outcome, right: Outcome, limits: Limits) -> tuple[str, bool]:
    """How far apart the device's and the CPU's outcomes are, in words; whether that is too far."""
    no_number = np.isfinite(found.losses) != np.isfinite(right.losses)
    if no_number.any() or not np.isfinite(found.losses[-1]):
        name = NAMES[int(np.argmax(no_number)) if no_number.any() else -1]
        return f"the loss of the {name} is no number", True
    apart = np.abs(found.losses - right.losses) / np.maximum(np.abs(right.losses), 1e-2)
    place = int(np.nanargmax(apart))
    worst, far = float(apart[place]), float(np.abs(found.picture - right.picture).max())
    limit = limits.points if found.points else limits.grey
    unit = "" if found.points else " of 255"
    what = "points" if found.points else "pixels"
    problems = []
    if not worst <= limits.losses:
        allowed = f"{100 * limits.losses:g} % may be"
        problems.append(f"the loss of the {NAMES[place]} is {100 * worst:.2g} % off ({allowed})")
    if not far <= limit:
        problems.append(f"{what} are up to {far:.3g}{unit} off ({limit:g} may be)")
    if problems:
        return " and ".join(problems), True
    if not worst and not far:
        return f"losses and {what} are the same", False
    return f"losses {100 * worst:.1g} % off, {what} {far:.1g}{unit} off", False


def captured(kind: str, device: torch.device, limits: Limits) -> tuple[str, bool]:
    """Replayed steps against the same ones run eagerly, both on the device; whether they differ."""
    recipe = recipe_of(kind)
    eager, replayed = start(recipe, device), start(recipe, device)
    batches = made_up(recipe, device)
    steps = CapturedSteps(replayed, batches)
    rows = []
    for _ in range(2 * WARM_UP + 2):
        again = steps.step(replayed)
        steps.settle()
        rows.append(torch.stack([step(eager, next_batch(eager, batches)), again])[:, :-1])
    if steps.why_not:
        return steps.why_not, True
    return _replayed_apart(torch.stack(rows).cpu(), limits)


def _replayed_apart(rows: Tensor, limits: Limits) -> tuple[str, bool]:
    """Of losses [steps, eager and replayed, len(LOSSES)]."""
    right, found = rows[:, 0], rows[:, 1]
    apart = ((found - right).abs() / right.abs().clamp_min(1e-2)).nan_to_num(0.0)
    worst, lost = float(apart.max()), bool((found.isnan() != right.isnan()).any())
    if lost or not worst <= limits.losses:
        what = "are no numbers" if lost else f"are {100 * worst:.2g} % off"
        return f"losses of replayed steps {what} ({100 * limits.losses:g} % may be)", True
    return f"replayed as CUDA graphs, losses {100 * worst:.1g} % off", False
