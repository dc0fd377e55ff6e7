"""A recipe's model, initialised from its seed."""

from __future__ import annotations

import threading

import torch

from trainer.models.base import Model
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import MODELS, resolve

_INITIALISING = threading.Lock()  # two threads of a window must not share the global generator


def build_model(recipe: Recipe) -> Model:
    """The recipe's model, initialised from its seed without touching torch's global generator."""
    with _INITIALISING, torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.optim.seed)
        model: Model = resolve(MODELS[recipe.model.kind].build)(recipe)
        return model
