"""A training's state as named tensors, and what of them is enough to show it.

model.*, ema.*            weights, and the EMA weights of encoder and decoder
generators.*, discriminators.*   Adam's moments, by the names of the weights
rng                       the random numbers' state
directions.* or points    what a picture of the model needs to know of its data
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.messages import UserError
from trainer.models.base import Model
from trainer.models.directions import CLOUD, find_directions
from trainer.recipe.migration import optimiser_name, state_name
from trainer.training.state import TrainState

SHOWN = ("ema.", "directions.", "points")  # beginnings of the names of what showing needs


def opened(path: Path) -> Any:
    """A safetensors file. Raises UserError where it is none."""
    try:
        return safe_open(str(path), "pt")
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path} is damaged or cut short ({error}): copy it again.") from error


def step_of(file: Any, run: Path, name: str) -> int:
    """The step at which a state was saved."""
    try:
        return int(file.metadata()["step"])
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{run / name} is not a checkpoint: it names no step.") from error


def tensors_of(file: Any, prefixes: Iterable[str] = ("",)) -> dict[str, Tensor]:
    """The tensors whose names begin so, in today's words; the others are not read.

    Copies: a mapped file could not be replaced by the next save on Windows.
    """
    names = [key for key in file.keys() if key.startswith(tuple(prefixes))]  # noqa: SIM118
    return {state_name(key): file.get_tensor(key).clone() for key in names}


def pack(state: TrainState, batches: TrainingBatches | None) -> dict[str, Tensor]:
    """All of a state by name; with the training data also what showing needs of them."""
    tensors = {f"model.{k}": v for k, v in state.model.state_dict().items()}
    for part in ("encoder", "decoder"):
        averaged = getattr(state.ema, part).state_dict()
        tensors |= {f"ema.{part}.{k}": v for k, v in averaged.items()}
    for name, optimiser in state.optimisers.items():
        for key, weight in state.optimised(name).items():
            memory = optimiser.state.get(weight, {})
            tensors |= {f"{name}.{key}.{entry}": v for entry, v in memory.items()}
    tensors["rng"] = state.rng.get_state()
    if batches is not None:
        tensors |= _seen_of_data(state.ema, batches)
    return {key: value.detach().cpu().contiguous() for key, value in tensors.items()}


def _seen_of_data(model: Model, batches: TrainingBatches) -> dict[str, Tensor]:
    """Directions, or some points; nothing where they fail: they can be found anew."""
    if model.recipe.two_dimensional:
        return {"points": batches.data.rows[:CLOUD]}
    try:
        known = find_directions(model, batches.data).tensors()
    except (UserError, OSError, RuntimeError):  # images gone, weights not finite, memory full
        return {}
    return {f"directions.{key}": value for key, value in known.items()}


def unpack(state: TrainState, tensors: dict[str, Tensor]) -> None:
    """Put saved tensors into a fresh state. Raises KeyError and the like where they do not fit."""
    state.model.load_state_dict(_part(tensors, "model."))
    unpack_ema(state.ema, tensors)
    for name, optimiser in state.optimisers.items():
        _unpack_optimiser(state, name, optimiser, _part(tensors, f"{name}."))
    if tensors["rng"].shape == state.rng.get_state().shape:
        state.rng.set_state(tensors["rng"])
    else:  # saved on another kind of device, whose random numbers cannot go on here
        state.rng.manual_seed(state.recipe.optim.seed + state.step)


def unpack_ema(ema: Model, tensors: dict[str, Tensor]) -> None:
    """Put saved EMA weights into a model."""
    ema.encoder.load_state_dict(_part(tensors, "ema.encoder."))
    ema.decoder.load_state_dict(_part(tensors, "ema.decoder."))


def _unpack_optimiser(
    state: TrainState, name: str, optimiser: torch.optim.Adam, saved: dict[str, Tensor]
) -> None:
    weights = state.optimised(name)
    places = {key: index for index, key in enumerate(weights)}
    memory: dict[int, dict[str, Tensor]] = {}
    for written, value in saved.items():
        key, _, entry = optimiser_name(written, list(weights)).rpartition(".")
        value = _laid_out_as(weights[key], value)
        memory.setdefault(places[key], {})[entry] = value
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": memory, "param_groups": groups})


def _laid_out_as(weight: Tensor, value: Tensor) -> Tensor:
    """Adam's fused kernel walks through memory: its moments must lie there as the weights do."""
    if value.dim() and value.shape != weight.shape:
        raise ValueError(f"a moment of shape {list(value.shape)} for {list(weight.shape)} weights")
    return torch.empty_like(weight, device="cpu").copy_(value) if value.dim() else value


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}
