"""A frozen snapshot of a model: EMA weights, and what a picture needs to know of the data."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

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


def fresh_snapshot(recipe: Recipe, device: torch.device, root: Path | None = None) -> Snapshot:
    """The untrained model of a recipe: what its noise looks like before the first step."""
    model = placed(build_model(recipe), device)
    if recipe.two_dimensional:
        return publish(model, 0, device, load_data(recipe, root).batches(recipe, device))
    model.discriminators.clear()
    return Snapshot(recipe, 0, model.eval().requires_grad_(False), None, device)
