"""Adam's moments in a checkpoint: those of every network that was trained, and of its steps."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from trainer.models.fitting import Expected, MisfitError
from trainer.training.state import TrainState

ENTRIES = ("exp_avg", "exp_avg_sq", "step")  # that Adam keeps of a weight
MOST_COUNTED = 1 << 24  # steps: it counts in float32


def expected_moments(state: TrainState) -> dict[str, Expected]:
    """Of every weight, whether or not it has some yet."""
    return {
        f"{name}.{key}.{entry}": Expected(() if entry == "step" else tuple(weight.shape))
        for name in state.optimisers
        for key, weight in state.optimised(name).items()
        for entry in ENTRIES
    }


def check_moments(state: TrainState, tensors: Mapping[str, Tensor]) -> None:
    """Raises MisfitError where a network has lost moments that it must have had at this step.

    A network that no game has reached yet has none. What every step trains has taken as many.
    """
    steps = _adams_steps(state, tensors)
    trained = state.step - state.fresh_from  # by these optimisers
    if trained <= 0:
        return
    # 32 bits count no further; and a step that was broken off may count for one of the two.
    last = min(trained, MOST_COUNTED)
    for name, taken in steps.items():
        played = name.startswith("generators.")
        low, high = (last - 1 if played else 0), last + 1
        if taken is not None and not low <= taken <= high:
            raise MisfitError(f"its {name} took {taken:.9g} steps, and the run {trained}")
    for name in _trained_at(state) if state.step > state.own_from else ():
        if steps.get(name) is None:
            raise MisfitError(f"its {name} has no moments")


def _adams_steps(state: TrainState, tensors: Mapping[str, Tensor]) -> dict[str, float | None]:
    """The steps that Adam took of each network, None of one that it never saw.

    Raises MisfitError where one has the moments of some of its weights only.
    """
    taken: dict[str, set[float | None]] = {}
    for name in state.optimisers:
        for key in state.optimised(name):
            entries = [tensors.get(f"{name}.{key}.{entry}") for entry in ENTRIES]
            there = [entry for entry in entries if entry is not None]
            if len(there) not in (0, len(ENTRIES)):
                raise MisfitError(f"{name}.{key} lacks a moment")
            network = f"{name}.{key.partition('.')[0]}"
            taken.setdefault(network, set()).add(float(there[-1]) if there else None)
    for network, steps in taken.items():
        if len(steps) > 1:
            raise MisfitError(f"the weights of its {network} took different steps")
        if steps & {0.0}:
            raise MisfitError(f"its {network} has moments of no step")
    return {network: steps.pop() for network, steps in taken.items()}


def _trained_at(state: TrainState) -> list[str]:
    """The networks that the last step trained, whatever the recipe."""
    recipe, now = state.terms.at(state.step - 1), state.terms.schedule(state.step - 1)
    names = [f"generators.{name}" for name in state.model.generators()]
    if recipe.objective.reconstruction.kind == "none" and recipe.model_spec.inverse:
        return names[:1] if recipe.model_spec.source == "data" else names[1:]
    if now.warm and recipe.objective.penalties.consistency > 0:
        return names
    return names + [f"discriminators.{name}" for name in state.model.discriminators_at(now)]


def load_moments(state: TrainState, name: str, saved: Mapping[str, Tensor]) -> None:
    """Put what is known to fit into one of the optimisers."""
    optimiser = state.optimisers[name]
    memory = {
        place: {
            entry: _laid_out_as(weight, saved[f"{key}.{entry}"])
            for entry in ENTRIES
            if f"{key}.{entry}" in saved
        }
        for place, (key, weight) in enumerate(state.optimised(name).items())
    }
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict(
        {"state": {k: v for k, v in memory.items() if v}, "param_groups": groups}
    )


def _laid_out_as(weight: Tensor, value: Tensor) -> Tensor:
    """Adam's fused kernel walks through memory: its moments must lie there as the weights do."""
    return torch.empty_like(weight, device="cpu").copy_(value) if value.dim() else value
