"""Training data that are made up, for trials of a step: what is in them does not matter there."""

from __future__ import annotations

import torch

from trainer.data.batches import TrainingBatches
from trainer.data.distributions import Empirical
from trainer.recipe.recipe import Recipe

ROWS = 64
MOST_LABELLED = 1024


def made_up(recipe: Recipe, device: torch.device, rows: int = ROWS) -> TrainingBatches:
    """Noise in the shape of the data: so many images or points, the same on every device."""
    draw, shape = torch.Generator().manual_seed(0), recipe.image_shape
    if shape is None:
        return TrainingBatches(Empirical(torch.randn(rows, 2, generator=draw).to(device)))
    places = (rows, shape[2], *shape[:2])
    images = torch.randint(256, places, generator=draw, dtype=torch.uint8).to(device)
    if recipe.translates:
        others = torch.randint(256, places, generator=draw, dtype=torch.uint8).to(device)
        return TrainingBatches(Empirical(images), Empirical(others))
    if not recipe.data.labels:
        return TrainingBatches(Empirical(images))
    batch = max(recipe.optim.batch, recipe.schedule.warm_batch)
    known = min(recipe.data.labels, batch, MOST_LABELLED)
    labels = torch.arange(known, device=device) % max(1, recipe.model.code)
    labelled = Empirical(images[torch.arange(known) % rows])
    return TrainingBatches(Empirical(images), None, labelled, labels)
