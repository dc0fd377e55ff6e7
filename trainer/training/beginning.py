"""The state with which a run's training begins, before a checkpoint is put into it."""

from __future__ import annotations

from pathlib import Path

import torch

from trainer.data.amendments import fitting_amendments
from trainer.recipe.saved import read_begun
from trainer.training.state import TrainState, start
from trainer.training.terms import Terms


def beginning(run: Path, device: torch.device) -> TrainState:
    """By the run's recipe and what was amended in it. Raises UserError."""
    begun = read_begun(run)
    terms = Terms(begun.recipe, fitting_amendments(run, begun.recipe))
    state = start(begun.recipe, device)
    state.terms, state.fresh_from = terms, begun.fresh_from
    state.own_from = 0 if begun.parent is None else begun.parent.step
    return state
