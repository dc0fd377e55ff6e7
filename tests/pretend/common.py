"""What all that is tried on the pretended GPU has in common."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.pretend.seen import NAME, Seen
from tests.tiny import batches_of, kind_of
from trainer.recipe.recipe import Recipe
from trainer.training.state import TrainState
from trainer.training.step import next_batch, step

GPU = torch.device(NAME)
BATCH = 3
LATER = 13  # a step after the warm start, of 20
used: set[str] = set()  # operators, by all that was tried


def small(kind: str) -> Recipe:
    """A recipe of `KINDS` in small batches."""
    recipe = kind_of(kind).but(batch=BATCH)
    return recipe.but(warm_batch=BATCH) if recipe.schedule.warm_batch else recipe


def look_at(seen: Seen) -> None:
    """Whether no value was looked at, and nothing was done that Apple's GPUs cannot."""
    assert not seen.looks, seen.looks
    assert not seen.refused, seen.refused
    used.update(seen.operators)


def stepped(state: TrainState, number: int) -> Tensor:
    """The losses of a step, as if it were that number's."""
    state.step = number
    batches = batches_of(state.recipe, state.rng.device)
    return step(state, next_batch(state, batches))


def on_cpu(values: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key: value.cpu() for key, value in values.items()}
