"""Amending a run: while it trains, or rests; see `trainer.data.amendments`."""

from __future__ import annotations

from collections.abc import Mapping

from trainer.data.amending import amended
from trainer.data.amendments import FILE, Amendments, fitting_amendments
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.state import TrainState
from trainer.training.state_file import opened, step_of
from trainer.training.terms import Terms


def amend(run: RunFolder, state: TrainState, wanted: Mapping[str, object]) -> Amendments:
    """Change options of a run from the step that comes next; on disk when this returns.

    Returns all of the run's amendments. Raises UserError where that cannot be, or cannot be
    written: then all stays as it was.
    """
    known = state.terms.amendments
    found = amended(known, state.recipe, state.step, wanted)
    if found != known:
        run.write(FILE, found.to_json())
        state.terms = Terms(state.recipe, found)
    return found


def amend_resting(run: RunFolder, wanted: Mapping[str, object]) -> Amendments:
    """The same while nobody trains the run: in force from its last checkpoint on.

    Raises UserError as `amend` does, and where somebody trains it.
    """
    with run.alone():
        recipe = run.recipe()
        known = fitting_amendments(run.path, recipe)
        found = amended(known, recipe, step_at_rest(run), wanted)
        if found != known:
            run.write(FILE, found.to_json())
    return found


def step_at_rest(run: RunFolder) -> int:
    """The step of a run's last checkpoint, 0 before the first. Raises UserError."""
    if not run.has_state():
        return 0
    with opened(run.path / STATE) as file:
        return step_of(file, run.path / STATE)


__all__ = ["amend", "amend_resting", "step_at_rest"]
