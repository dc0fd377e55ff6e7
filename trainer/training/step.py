"""One step of a training: the discriminators, then the generators, then the EMA weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from trainer.data.batches import Batch, TrainingBatches
from trainer.messages import LOSSES
from trainer.models.base import StepLosses
from trainer.objectives.adversarial import Game
from trainer.objectives.schedule import Schedule
from trainer.recipe.recipe import Recipe
from trainer.training.state import TrainState, update_ema


def next_batch(state: TrainState, batches: TrainingBatches) -> Batch:
    """What the step that comes next is to train on."""
    return batches.batch(state.terms.schedule(state.step).batch, state.step, state.rng)


def step(state: TrainState, batch: Batch) -> Tensor:
    """One step of both games on a batch; the losses [len(LOSSES) + 1] stay on the device.

    Entries that the recipe does not compute are NaN; the last one is finite while all is well.
    """
    losses = update(state, batch, state.terms.schedule(state.step))
    completed(state)
    return losses


def completed(state: TrainState) -> None:
    """A step is done: the state is whole, and one step further."""
    state.step += 1
    state.torn = False


def update(state: TrainState, batch: Batch, now: Schedule) -> Tensor:
    """What a step does on the device, and nothing else: it can be captured and replayed."""
    recipe, model, device = state.terms.at(state.step), state.model, state.rng.device
    model.recipe = recipe
    _set_rates(state, recipe, now)
    model.train()
    losses: dict[str, Tensor] = {}
    with _precision(recipe, device):
        if recipe.objective.penalties.confidence:
            batch = replace(batch, guesses=_guesses(state, batch))
        found = model.losses(batch, now, state.rng)
    alive = _teach_discriminators(state, found.games, losses)
    alive = alive + _teach_generators(state, found, losses)
    update_ema(state.ema, model, now.decay)
    missing = torch.full((), float("nan"), device=device)
    return torch.stack([*(losses.get(name, missing) for name in LOSSES), alive])


@torch.no_grad()
def _guesses(state: TrainState, batch: Batch) -> Tensor:
    """What the averaged encoder makes of the batch [N, K]: it errs less than the other one."""
    return state.ema.encode(batch.data, state.ema.eps.sample(len(batch), state.rng))


def _precision(recipe: Recipe, device: torch.device) -> torch.autocast:
    """For forward passes; backward ones follow them in the precision that each operator had.

    Without a cache of casts: it would outlive a captured step.
    """
    low = recipe.optim.precision == "bf16"
    return torch.autocast(device.type, torch.bfloat16, enabled=low, cache_enabled=False)


def _set_rates(state: TrainState, recipe: Recipe, now: Schedule) -> None:
    optimisers = state.optimisers
    names, groups = state.model.generators(), optimisers["generators"].param_groups
    for name, group in zip(names, groups, strict=True):
        factor = now.encoder if name == "encoder" else 1.0
        _set_rate(group, recipe.optim.generator_rate * now.rate * factor)
    if "discriminators" in optimisers:
        for group in optimisers["discriminators"].param_groups:
            _set_rate(group, recipe.optim.discriminator_rate * now.rate)


def _set_rate(group: dict[str, Any], rate: float | Tensor) -> None:
    if not isinstance(group["lr"], Tensor):
        group["lr"] = rate
    elif isinstance(rate, Tensor):
        group["lr"].copy_(rate)
    else:
        group["lr"].fill_(rate)


def _teach_discriminators(
    state: TrainState, games: list[Game], losses: dict[str, Tensor]
) -> Tensor:
    total = torch.zeros((), device=state.rng.device)
    with _precision(state.recipe, state.rng.device):
        for game in games:
            loss = game.discriminator_loss()
            losses[f"{game.name} discriminator"] = loss.detach()
            losses |= game.extras
            total = total + loss
    if games:
        _descend(state, "discriminators", total)
    return total.detach()


def _teach_generators(state: TrainState, found: StepLosses, losses: dict[str, Tensor]) -> Tensor:
    discriminators = state.model.discriminators.requires_grad_(False)
    total = torch.zeros((), device=state.rng.device)
    with _precision(state.recipe, state.rng.device):
        for game in found.games:
            loss = game.generator_loss()
            losses[f"{game.name} generator"] = loss.detach()
            total = total + loss
    for penalty in found.penalties:
        losses[penalty.name] = penalty.value.detach()
        total = total + penalty.weight * penalty.value
    _descend(state, "generators", total)
    discriminators.requires_grad_(True)
    return total.detach()


def _descend(state: TrainState, name: str, loss: Tensor) -> None:
    optimiser = state.optimisers[name]
    optimiser.zero_grad()
    loss.backward()
    state.torn = True  # until the step is completed
    optimiser.step()
