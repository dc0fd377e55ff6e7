"""A frozen snapshot of a model: EMA weights, and what a picture needs to know of the data."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from trainer.data.batches import TrainingBatches
from trainer.data.loading import load_data
from trainer.messages import ModelFacts
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.models.directions import CLOUD, Directions, find_directions
from trainer.models.placing import placed
from trainer.recipe.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Snapshot:
    """EMA weights with their batch-norm statistics, in eval mode; never changed again."""

    recipe: Recipe
    step: int
    model: Model
    directions: Directions | None
    device: torch.device
    points: Tensor | None = None  # [M, 2]: what a 2-D model is drawn beside

    def facts(self) -> ModelFacts:
        recipe, known = self.recipe, self.directions
        share: tuple[float, ...] = ()
        reach: tuple[float, ...] = ()
        if known is not None:
            spread = known.code_axes.square().sum(1)
            share = tuple((spread / spread.sum().clamp_min(1e-12)).tolist())
            reach = tuple(known.noise_spread.tolist())
        return ModelFacts(
            recipe.name,
            self.step,
            recipe.image_shape,
            recipe.model.code,
            recipe.categorical,
            recipe.model.noise,
            self.model.eps.size,
            recipe.translates,
            share,
            reach,
        )

    def on(self, device: torch.device) -> Snapshot:
        """The same on another device; nothing is made on this one on the way."""
        known = self.directions
        if known is not None:
            known = Directions(**{k: v.to(device) for k, v in known.tensors().items()})
        return replace(self, model=_copied(self.model, device), directions=known, device=device)

    def on_cpu(self) -> Snapshot:
        """Itself, or a copy on the CPU."""
        return self if self.device.type == "cpu" else self.on(torch.device("cpu"))


def publish(
    model: Model,
    step: int,
    device: torch.device,
    batches: TrainingBatches,
    known: Directions | None = None,
) -> Snapshot:
    """Copy a model's EMA weights into a snapshot. `known` directions are kept as they are."""
    frozen = copy.deepcopy(model).eval().requires_grad_(False)
    frozen.discriminators.clear()
    recipe = model.recipe
    if recipe.two_dimensional:
        return Snapshot(recipe, step, frozen, None, device, batches.data.rows[:CLOUD].cpu())
    return Snapshot(recipe, step, frozen, known or find_directions(frozen, batches.data), device)


def publish_on_cpu(
    model: Model, step: int, batches: TrainingBatches, known: Directions | None = None
) -> Snapshot:
    """The same where a GPU has no room for a copy, nor to find directions in."""
    points = batches.data.rows[:CLOUD].cpu() if model.recipe.two_dimensional else None
    held = Snapshot(model.recipe, step, model, known, batches.device, points)
    made = held.on(torch.device("cpu"))  # always a copy
    made.model.eval().requires_grad_(False)
    made.model.discriminators.clear()
    return made


def _copied(model: Model, device: torch.device) -> Model:
    """A copy whose weights are made on that device."""
    weights: dict[int, object] = {
        id(weight): nn.Parameter(weight.detach().to(device, copy=True), requires_grad=False)
        for weight in model.parameters()
    }
    weights |= {id(value): value.detach().to(device, copy=True) for value in model.buffers()}
    return copy.deepcopy(model, weights)


def fresh_snapshot(recipe: Recipe, device: torch.device, root: Path | None = None) -> Snapshot:
    """The untrained model of a recipe: what its noise looks like before the first step."""
    model = placed(build_model(recipe), device)
    if recipe.two_dimensional:
        return publish(model, 0, device, load_data(recipe, root).batches(recipe, device))
    model.discriminators.clear()
    return Snapshot(recipe, 0, model.eval().requires_grad_(False), None, device)
