"""A training's state as named tensors, and what of them is enough to show it.

model.*, ema.*            weights, and the EMA weights of encoder and decoder
generators.*, discriminators.*   Adam's moments, by the names of the weights
rng                       the random numbers' state
directions.* or points    what a picture of the model needs to know of its data
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.messages import UserError
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.models.directions import CLOUD, expected_directions, find_directions
from trainer.models.fitting import (
    Expected,
    MisfitError,
    check_finite,
    expected_of,
    read_fitting,
)
from trainer.models.size import blank_model
from trainer.recipe.migration import brief_error, optimiser_name, state_name
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import step_inside
from trainer.storage.regular import check_regular
from trainer.training.moments import check_moments, expected_moments, load_moments
from trainer.training.state import TrainState

# Beginnings of the names of what showing does not need; format 1 has the last two.
UNSEEN = ("model.", "generators.", "discriminators.", "rng", "critics.", "players.")
# Bytes of random numbers: NVIDIA's and Intel's GPUs, Apple's (before and since they count what was
# drawn), the processor.
RNG_SIZES = (16, 36, 44, 5056)


def opened(path: Path) -> Any:
    """A safetensors file. Raises UserError where it is none."""
    try:
        check_regular(path)
        return safe_open(str(path), "pt")
    except (OSError, ValueError, SafetensorError) as error:
        raise UserError(
            f"{path} is damaged or cut short ({brief_error(error)}): copy it again."
        ) from error


def step_of(file: Any, path: Path) -> int:
    """The step at which a state was saved. Raises UserError."""
    meta = file.metadata() or {}
    if "step" not in meta:
        raise UserError(f"{path} is not a checkpoint: it names no step.")
    return step_inside(meta, path)


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
    if not all(bool(torch.isfinite(value).all()) for value in known.values()):
        return {}
    return {f"directions.{key}": value for key, value in known.items()}


def unpack(state: TrainState, file: Any) -> None:
    """Put what a file holds into a fresh state of its step.

    Raises MisfitError, NotFiniteError and what torch raises; nothing is copied before all of it is
    known to fit.
    """
    needed = {
        **expected_of(state.model.state_dict(), "model."),
        **_expected_averages(state.ema),
        "rng": Expected((None,), ("U8",)),
    }
    named = partial(_name_of, {name: list(state.optimised(name)) for name in state.optimisers})
    tensors = read_fitting(
        file, needed, expected_moments(state), named, skipped=("directions.", "points")
    )
    check_finite(tensors)
    check_moments(state, tensors)
    state.model.load_state_dict(_part(tensors, "model."))
    _load_averages(state.ema, tensors)
    for name in state.optimisers:
        load_moments(state, name, _part(tensors, f"{name}."))
    _set_rng(state, tensors["rng"])


def read_shown(recipe: Recipe, file: Any) -> tuple[Model, dict[str, Tensor]]:
    """A model with the saved EMA weights, and what else showing it needs. Raises as `unpack`.

    Nothing else is read, and no memory is taken for a model that the file does not hold.
    """
    blank = blank_model(recipe)
    needed = _expected_averages(blank)
    points = {"points": Expected((None, 2))}
    seen = points if recipe.two_dimensional else expected_directions(blank)
    tensors = read_fitting(file, needed, seen, skipped=UNSEEN)
    check_finite(tensors)
    found = {key: value for key, value in tensors.items() if key in seen}
    if found and len(found) < len(seen):
        raise MisfitError("some of its directions are missing")
    if "points" in found and not 1 <= len(found["points"]) <= CLOUD:
        raise MisfitError("it has no points, or too many")
    ema = build_model(recipe)
    ema.discriminators.clear()
    _load_averages(ema, tensors)
    return ema, found


def _name_of(weights: Mapping[str, list[str]], key: str) -> str:
    """A tensor's name in today's words; Adam's moments by the names of their weights."""
    name = state_name(key)
    first, _, rest = name.partition(".")
    return f"{first}.{optimiser_name(rest, weights[first])}" if first in weights else name


def _expected_averages(ema: Model) -> dict[str, Expected]:
    maps = {part: getattr(ema, part).state_dict() for part in ("encoder", "decoder")}
    return {
        name: wanted
        for part, tensors in maps.items()
        for name, wanted in expected_of(tensors, f"ema.{part}.").items()
    }


def _set_rng(state: TrainState, saved: Tensor) -> None:
    """The random numbers go on as they would have. Raises RuntimeError for what are none."""
    if saved.shape == state.rng.get_state().shape:
        state.rng.set_state(saved)  # which looks at its numbers
        trial = torch.Generator(state.rng.device)
        trial.set_state(saved)
        # On the CPU also those that were drawn, and not used; Apple's GPUs have no float64.
        on_cpu = trial.device.type == "cpu"
        for kind in (torch.float32, torch.float64) if on_cpu else (torch.float32,):
            drawn = torch.randn(3, dtype=kind, generator=trial, device=trial.device)
            if not bool(torch.isfinite(drawn).all()):
                raise MisfitError("its random numbers are none")
    elif len(saved) in RNG_SIZES:  # of another kind of device: they cannot go on here
        state.rng.manual_seed(state.recipe.optim.seed + state.step)
    else:
        raise MisfitError("its random numbers are of no device")


def _load_averages(ema: Model, tensors: dict[str, Tensor]) -> None:
    ema.encoder.load_state_dict(_part(tensors, "ema.encoder."))
    ema.decoder.load_state_dict(_part(tensors, "ema.decoder."))


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}
