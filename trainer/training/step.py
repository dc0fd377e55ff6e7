"""The state of a training, and one step of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from trainer.data.batches import Batch, TrainingBatches
from trainer.messages import LOSSES
from trainer.models.base import Model, Round
from trainer.models.building import build_model
from trainer.objectives.adversarial import Game
from trainer.objectives.penalties import Penalty, euclidean_error
from trainer.recipe.recipe import Recipe
from trainer.training.schedule import Schedule

if TYPE_CHECKING:
    from trainer.training.cuda_graphs import CapturedSteps


@dataclass
class TrainState:
    """Everything that the next step depends on. `ema` is what the world gets to see."""

    recipe: Recipe
    model: Model
    ema: Model
    optimisers: dict[str, torch.optim.Adam]
    rng: torch.Generator
    step: int = 0
    captured: CapturedSteps | None = None  # on CUDA: what replays the steps


def start(recipe: Recipe, device: torch.device) -> TrainState:
    """A fresh state: weights and random numbers follow from the recipe's seed."""
    model = build_model(recipe).to(device)
    ema = copy.deepcopy(model).requires_grad_(False).eval()
    ema.discriminators.clear()
    optimisers = {"generators": _adam(recipe, list(model.generators().values()), device)}
    if len(model.discriminators):
        optimisers["discriminators"] = _adam(recipe, [model.discriminators], device)
    rng = torch.Generator(device).manual_seed(recipe.optim.seed)
    return TrainState(recipe, model, ema, optimisers, rng)


def _adam(recipe: Recipe, networks: list[nn.Module], device: torch.device) -> torch.optim.Adam:
    """One Adam, with a group for each network; on a GPU a captured step can change its rates."""
    on_gpu = device.type == "cuda"
    groups = [
        {"params": list(net.parameters()), "lr": torch.zeros((), device=device) if on_gpu else 0.0}
        for net in networks
    ]
    betas = (recipe.optim.beta1, 0.99)
    return torch.optim.Adam(groups, betas=betas, fused=True, capturable=on_gpu)


def next_batch(state: TrainState, batches: TrainingBatches) -> Batch:
    """What the step that comes next is to train on."""
    return batches.batch(Schedule.at(state.recipe, state.step).batch, state.step, state.rng)


def step(state: TrainState, batch: Batch) -> Tensor:
    """One step of both games on a batch; the losses [len(LOSSES) + 1] stay on the device.

    Entries that the recipe does not compute are NaN; the last one is finite while all is well.
    """
    losses = play(state, batch, Schedule.at(state.recipe, state.step))
    state.step += 1
    return losses


def play(state: TrainState, batch: Batch, now: Schedule) -> Tensor:
    """What a step does on the device, and nothing else: it can be captured and replayed."""
    recipe, model, device = state.recipe, state.model, state.rng.device
    _set_rates(state, now)
    model.train()
    losses: dict[str, Tensor] = {}
    with _precision(recipe, device):
        if recipe.objective.penalties.confidence:
            batch = replace(batch, guesses=_guesses(state, batch))
        sorts = now.warm and recipe.objective.penalties.consistency > 0
        played = model.sort(batch, state.rng) if sorts else model.play(batch, state.rng)
        if now.warm:
            played.games = [game for game in played.games if game.name != "reconstruction"]
        if now.pulled and played.autoencoded is not None:
            source, returned = played.autoencoded()
            error = euclidean_error(returned, source)
            played.penalties.append(Penalty("Euclidean error", error, now.euclidean))
        for game in played.games:
            _configure(game, state, now)
        alive = _teach_discriminators(state, played.games, losses)
        alive = alive + _teach_generators(state, played, losses)
    _follow(state.ema, model, now.decay)
    missing = torch.full((), float("nan"), device=device)
    return torch.stack([*(losses.get(name, missing) for name in LOSSES), alive])


@torch.no_grad()
def _guesses(state: TrainState, batch: Batch) -> Tensor:
    """What the averaged encoder makes of the batch [N, K]: it errs less than the other one."""
    return state.ema.encode(batch.data, state.ema.eps.sample(len(batch), state.rng))


def _precision(recipe: Recipe, device: torch.device) -> torch.autocast:
    """Without a cache of casts: it would outlive a captured step."""
    low = recipe.optim.precision == "bf16"
    return torch.autocast(device.type, torch.bfloat16, enabled=low, cache_enabled=False)


def _set_rates(state: TrainState, now: Schedule) -> None:
    recipe, optimisers = state.recipe, state.optimisers
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


def _configure(game: Game, state: TrainState, now: Schedule) -> None:
    recipe = state.recipe
    game.rng = state.rng
    on_data = game.judges == "data"
    game.joint_batch = recipe.optim.joint_batch
    game.norm_free = not _has_batch_norm(game.discriminator)
    noise = recipe.instance_noise if on_data else recipe.code_noise
    game.instance_noise = noise * now.fade if noise and now.fading else 0.0
    if now.penalised:
        game.r1 = recipe.optim.r1_every * (recipe.r1 if on_data else recipe.r1_code)
    if game.name == "reconstruction":
        game.mismatched = recipe.objective.reconstruction.mismatched_last
        if (
            now.fading
            and recipe.objective.reconstruction.mismatched
            != recipe.objective.reconstruction.mismatched_last
        ):
            game.mismatched += now.fade * (
                recipe.objective.reconstruction.mismatched
                - recipe.objective.reconstruction.mismatched_last
            )
        game.weight = recipe.objective.reconstruction.weight
    else:
        game.weight = recipe.objective.regularisation.weight


def _has_batch_norm(discriminator: nn.Module) -> bool:
    return any(
        isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d) for part in discriminator.modules()
    )


def _teach_discriminators(
    state: TrainState, games: list[Game], losses: dict[str, Tensor]
) -> Tensor:
    total = torch.zeros((), device=state.rng.device)
    for game in games:
        loss = game.discriminator_loss()
        losses[f"{game.name} discriminator"] = loss.detach()
        losses |= game.extras
        total = total + loss
    if games:
        state.optimisers["discriminators"].zero_grad()
        total.backward()
        state.optimisers["discriminators"].step()
    return total.detach()


def _teach_generators(state: TrainState, played: Round, losses: dict[str, Tensor]) -> Tensor:
    discriminators = state.model.discriminators.requires_grad_(False)
    total = torch.zeros((), device=state.rng.device)
    for game in played.games:
        loss = game.generator_loss()
        losses[f"{game.name} generator"] = loss.detach()
        total = total + loss
    for penalty in played.penalties:
        losses[penalty.name] = penalty.value.detach()
        total = total + penalty.weight * penalty.value
    state.optimisers["generators"].zero_grad()
    total.backward()
    state.optimisers["generators"].step()
    discriminators.requires_grad_(True)
    return total.detach()


@torch.no_grad()
def _follow(ema: Model, model: Model, decay: float | Tensor) -> None:
    """Average the weights, and the batch-norm statistics that belong to them."""
    mine = [*ema.encoder.state_dict().values(), *ema.decoder.state_dict().values()]
    theirs = [*model.encoder.state_dict().values(), *model.decoder.state_dict().values()]
    floats = [(a, b) for a, b in zip(mine, theirs, strict=True) if a.is_floating_point()]
    averages, weights = [a for a, _ in floats], [b for _, b in floats]
    if isinstance(decay, Tensor):
        steps = torch._foreach_sub(weights, averages)
        torch._foreach_mul_(steps, 1 - decay)
        torch._foreach_add_(averages, steps)
    else:
        torch._foreach_lerp_(averages, weights, 1 - decay)


def parameters(module: nn.Module) -> int:
    """The number of weights."""
    return sum(p.numel() for p in module.parameters())
