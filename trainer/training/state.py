"""The state of a training: weights, EMA weights, optimisers, random numbers, and the step."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor, nn

from trainer.data.batches import TrainingBatches
from trainer.devices.adam import Adam
from trainer.devices.first_optimiser import prepare_optimisers
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.models.placing import placed
from trainer.models.size import TRAINED, check_batch, check_room, may_fill
from trainer.recipe.recipe import Recipe
from trainer.training.terms import Terms
from trainer.training.watch import Watch


class Replay(Protocol):
    """What replays the steps of a training on a GPU, and where it cannot, says why."""

    batches: TrainingBatches
    recipe: Recipe
    why_not: str

    def step(self, state: TrainState, before_eager: Callable[[], None]) -> Tensor: ...

    def settle(self) -> None: ...


@dataclass
class TrainState:
    """Everything that the next step depends on.

    `recipe` is the one that the run began with; what each step goes by is in `terms`.
    `ema` holds the EMA weights, used for display, evaluation and export.
    """

    recipe: Recipe
    model: Model
    ema: Model
    optimisers: dict[str, Adam]
    rng: torch.Generator
    step: int = 0
    torn: bool = False  # a step moved some of the weights, and broke off: this can go nowhere
    captured: Replay | None = None  # on CUDA
    watch: Watch = field(default_factory=Watch)
    own_from: int = 0  # the first step by this recipe: of a branch, that of its parent
    fresh_from: int = 0  # the step at which the optimisers began: not 0 in some branches
    terms: Terms = field(init=False)

    def __post_init__(self) -> None:
        self.terms = Terms(self.recipe)

    def optimised(self, name: str) -> dict[str, nn.Parameter]:
        """The weights of an optimiser, "generators" or "discriminators", by their names.

        In the order in which the optimiser holds them.
        """
        model = self.model
        networks = (
            model.generators() if name == "generators" else dict(model.discriminators.items())
        )
        return {
            f"{network}.{key}": weight
            for network, module in networks.items()
            for key, weight in module.named_parameters()
        }


def start(recipe: Recipe, device: torch.device) -> TrainState:
    """A fresh state: weights and random numbers follow from the recipe's seed.

    Raises UserError where the memory is too small to train it.
    """
    check_room(recipe, device, TRAINED)
    prepare_optimisers()
    model = placed(build_model(recipe), device)
    ema = copy.deepcopy(model).requires_grad_(False).eval()
    ema.discriminators.clear()
    check_batch(ema, device)
    optimisers = {"generators": _adam(recipe, list(model.generators().values()), device)}
    if len(model.discriminators):
        optimisers["discriminators"] = _adam(recipe, [model.discriminators], device)
    rng = torch.Generator(device).manual_seed(recipe.optim.seed)
    return TrainState(recipe, model, ema, optimisers, rng)


def check_can_start(recipe: Recipe, device: torch.device) -> None:
    """Raises UserError where the memory is too small, before anything is made for a training."""
    check_room(recipe, device, TRAINED)
    if may_fill(recipe, device):
        start(recipe, device)


def _adam(recipe: Recipe, networks: list[nn.Module], device: torch.device) -> Adam:
    """One Adam, with a group for each network; on a GPU a captured step can change its rates."""
    on_gpu = device.type == "cuda"
    groups = [
        {"params": list(net.parameters()), "lr": torch.zeros((), device=device) if on_gpu else 0.0}
        for net in networks
    ]
    betas = (recipe.optim.beta1, 0.99)
    return Adam(groups, betas=betas, fused=True, capturable=on_gpu)


@torch.no_grad()
def update_ema(ema: Model, model: Model, decay: float | Tensor) -> None:
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
