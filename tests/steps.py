"""Parts of a step to look at: a batch, its games and penalties, and who pays for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from tests.tiny import batches_of, rng_of, trained
from trainer.data.batches import Batch
from trainer.messages import LOSSES, Progress
from trainer.models.base import Model, StepLosses
from trainer.models.building import build_model
from trainer.objectives.adversarial import Game
from trainer.objectives.schedule import Schedule
from trainer.recipe.recipe import Recipe
from trainer.training.checkpoint import RunFolder
from trainer.training.loop import TrainState, run


def layers_of(network: nn.Module, *inputs: Tensor) -> list[tuple[str, int, int, int]]:
    """Of each convolution in the order it is used: kind, kernel, stride, channels."""
    used: list[tuple[str, int, int, int]] = []

    def note(layer: nn.Module, _: object, __: object) -> None:
        assert isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)
        kind = "up" if isinstance(layer, nn.ConvTranspose2d) else "conv"
        used.append((kind, layer.kernel_size[0], layer.stride[0], layer.out_channels))

    hooks = [
        layer.register_forward_hook(note)
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)
    ]
    with torch.inference_mode():
        network.eval()(*inputs)
    for hook in hooks:
        hook.remove()
    return used


def batch_of(recipe: Recipe, rng: torch.Generator) -> Batch:
    """A first batch; where guesses are asked for, those of one that is sure of everything."""
    batch = batches_of(recipe).batch(recipe.optim.batch, 0, rng)
    if not recipe.objective.penalties.confidence:
        return batch
    return replace(batch, guesses=torch.eye(recipe.model.code)[torch.arange(len(batch)) % 5])


def losses_of(model: Model, batch: Batch, rng: torch.Generator) -> StepLosses:
    """A late step's games and penalties, without noise that fades or a slope to pay for."""
    last = Schedule.at(model.recipe, model.recipe.schedule.steps)
    now = replace(last, warm=False, penalised=False, pulled=False)
    return model.losses(batch, now, rng)


def leaves(game: Game) -> Game:
    """The same game of copies that gather gradients."""
    copies = (tuple(t.detach().clone().requires_grad_() for t in s) for s in (game.real, game.fake))
    real, fake = copies
    return replace(game, real=real, fake=fake)


def played(recipe: Recipe) -> tuple[Model, StepLosses]:
    """A model and what its first batch is to be trained on."""
    model, rng = build_model(recipe).train(), rng_of()
    return model, losses_of(model, batch_of(recipe, rng), rng)


def paid(module: nn.Module) -> bool:
    """Whether a backward pass reached it."""
    return any(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())


def linear(into: int, out: int) -> int:
    """The number of weights and biases of a fully connected layer."""
    return into * out + out


def saved_run(folder: Path, recipe: Recipe, steps: int) -> tuple[RunFolder, TrainState]:
    """A new run that was trained and saved."""
    run_folder = RunFolder.create(folder, recipe)
    state, reports = trained(recipe, steps)
    for report in reports:
        run_folder.record(report)
    run_folder.save(state)
    return run_folder, state


def go_on(run_folder: RunFolder, state: TrainState, until: int) -> None:
    for report in run(state, batches_of(state.recipe), until):
        run_folder.record(report)
    run_folder.save(state)


def losses(reports: list[Progress]) -> dict[str, np.ndarray]:
    """All rows of the reports, by name."""
    table = np.concatenate([report.losses for report in reports])
    return {name: table[:, column] for column, name in enumerate(LOSSES)}
