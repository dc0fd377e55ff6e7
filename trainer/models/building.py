"""A recipe's model, initialised from its seed."""

from __future__ import annotations

import threading

import torch

from trainer.models.base import Model
from trainer.models.size import check_room
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import MODELS, resolve

_INITIALISING = threading.Lock()  # two threads of a window must not share the global generator


def build_model(recipe: Recipe) -> Model:
    """The recipe's model, initialised from its seed; the global generators stay as they are.

    Raises UserError where there is no memory for it.
    """
    check_room(recipe)
    with _INITIALISING, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(
            recipe.optim.seed
        )  # torch.manual_seed also seeds the GPUs
        model: Model = resolve(MODELS[recipe.model.kind].build)(recipe)
        return model
