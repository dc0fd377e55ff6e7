"""How much memory a model takes, and whether this computer has it: told before it is taken."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor, nn

from trainer.devices.memory import free_on
from trainer.messages import UserError
from trainer.models.base import Model
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import MODELS, resolve

CPU = torch.device("cpu")
BYTES = 4  # of a number
# Weights, gradients and both moments, and the weights once more of what is shown.
TRAINED = 5
# What both ways through encoder and decoder leave, and about as much of the discriminators.
KEPT = 4
PER_INPUT = 1000  # numbers that are made of each one of an image: hardly ever as many
LOOKED_AT = 2  # images: batch norm wants more than one
GIB = 1 << 30


def blank_model(recipe: Recipe) -> Model:
    """A recipe's model that has shapes and no numbers: it takes no memory, however large."""
    with torch.device("meta"):
        model: Model = resolve(MODELS[recipe.model.kind].build)(recipe)
    return model


@lru_cache(maxsize=256)
def weights_of(recipe: Recipe) -> int:
    """The number of weights of all networks of a recipe."""
    return sum(value.numel() for value in blank_model(recipe).state_dict().values())


def check_room(recipe: Recipe, device: torch.device = CPU, times: int = 1) -> None:
    """Raises UserError where there is no memory for the weights of a recipe, so many times."""
    _check(times * weights_of(recipe), device, recipe, "its networks need")


def check_batch(ema: Model, device: torch.device) -> None:
    """Raises UserError where there is no memory for a batch; `ema` is in eval mode."""
    recipe = ema.recipe
    batch = _largest_batch(recipe)
    made = batch * kept_of_one(ema, device)
    _check(made, device, recipe, f"training in batches of {batch:,} needs")


def kept_of_one(ema: Model, device: torch.device) -> int:
    """The numbers that one image of a batch leaves while it is trained on, by a quick estimate."""
    return KEPT * (_made_of_one(ema, device) + _given_to_one(ema.recipe))


def may_fill(recipe: Recipe, device: torch.device) -> bool:
    """Whether a batch may be too large: then `check_batch` is worth a model."""
    numbers = PER_INPUT * _largest_batch(recipe) * _given_to_one(recipe)
    return BYTES * numbers > free_on(device)


def _largest_batch(recipe: Recipe) -> int:
    return max(recipe.optim.batch, recipe.schedule.warm_batch)


def _given_to_one(recipe: Recipe) -> int:
    """The numbers of one image, its code and its noise."""
    pixels = 2 if recipe.two_dimensional else recipe.channels * recipe.data.size**2
    return pixels + recipe.model.code + recipe.model.noise + recipe.model.encoder_noise


def _check(numbers: int, device: torch.device, recipe: Recipe, what: str) -> None:
    wanted, free = BYTES * numbers, free_on(device)
    if wanted > free:
        raise UserError(
            f"{recipe.name}: {what} about {wanted / GIB:,.1f} GiB of memory, and {free / GIB:,.1f} "
            "are free. Choose a smaller batch, width, size, code or noise, or a -small recipe."
        )


@torch.inference_mode()
def _made_of_one(model: Model, device: torch.device) -> int:
    """The numbers that encoding and decoding one image makes on the way."""
    counted = 0

    def count(layer: nn.Module, _: object, made: object) -> None:
        nonlocal counted
        counted += made.numel() if isinstance(made, Tensor) else 0

    layers = [layer for layer in model.modules() if not next(layer.children(), None)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    recipe = model.recipe
    shape = (2,) if recipe.two_dimensional else (recipe.channels, *2 * (recipe.data.size,))
    x = torch.zeros(LOOKED_AT, *shape, device=device)
    try:
        code = x if recipe.translates else x.new_zeros(LOOKED_AT, recipe.model.code)
        if recipe.model_spec.inverse:
            model.encode(x, x.new_zeros(LOOKED_AT, model.eps.size))
        model.decode(code, x.new_zeros(LOOKED_AT, recipe.model.noise))
    finally:
        for hook in hooks:
            hook.remove()
    return counted // LOOKED_AT
