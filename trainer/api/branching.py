"""A run that branches off another, and what is changed in a run that rests."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import torch

from trainer.api.settings import Settings, written
from trainer.api.wanted import PathLike
from trainer.data.amendments import Amendment, fitting_amendments
from trainer.inference.model_files import load_snapshot
from trainer.inference.snapshot import Snapshot
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import read_begun
from trainer.storage.faults import in_words
from trainer.storage.paths import new_run_folder, typed_path
from trainer.storage.snapshots import Moment, moments_in, one_a_step
from trainer.training.amendments import amend_resting, step_at_rest
from trainer.training.branching import Averages
from trainer.training.branching import branch as branch_off
from trainer.training.checkpoint import RunFolder


@in_words()
def branch(
    run: PathLike,
    out: PathLike | None = None,
    *,
    step: int | None = None,
    settings: Settings = (),
    recipe: Recipe | None = None,
    data: PathLike | None = None,
) -> Path:
    """A new run that goes on from another: `trainer.train(..., out=that, resume=True)` trains it.

    From the last checkpoint, or where `step` names another step, from the weights that the run
    kept of it: then optimisers and discriminators begin anew. `settings` change the recipe that
    is in force there, or `recipe` takes its place; the networks and the shape of the images stay.
    Without `out` it lies among the user's own runs. Returns its folder.

    Raises UserError where that cannot be; the parent is never touched.
    """
    parent = RunFolder(typed_path(run))
    last = step_at_rest(parent) if parent.has_state() else None
    origin = None
    if step is not None and step != last:
        moment = moment_of(parent.path, step, last)
        origin = averages_of(moment, None if data is None else typed_path(data))
    if settings:
        in_force = recipe_in_force(parent.path, last or 0 if step is None else step)
        recipe = (recipe or in_force).with_settings(written(settings))
    place = new_run_folder(parent.recipe().name) if out is None else typed_path(out)
    try:
        return branch_off(parent, place, recipe, origin)
    except BaseException:
        if out is None:
            with suppress(OSError):
                place.rmdir()
        raise


@in_words()
def amend(run: PathLike, options: Mapping[str, object]) -> tuple[Amendment, ...]:
    """Change options of a run that nobody trains, from its last checkpoint on: {"r1": 0.3}.

    Returns all that was ever amended in it. Raises UserError as `Training.amend` does.
    """
    return amend_resting(RunFolder(typed_path(run)), options).all


def recipe_in_force(run: Path, step: int) -> Recipe:
    """The recipe that a run goes by at a step. Raises UserError."""
    recipe = read_begun(run).recipe
    return fitting_amendments(run, recipe).recipe_at(recipe, step)


def moment_of(run: Path, step: int, last: int | None) -> Moment:
    """What a run kept of a step. Raises UserError naming the steps near it."""
    moments = one_a_step(moments_in(run))
    found = [moment for moment in moments if moment.step == step]
    if found:
        return found[0]
    steps = sorted({moment.step for moment in moments} | ({last} if last is not None else set()))
    if not steps:
        raise UserError(f"{run} keeps no weights of any step yet: train it first.")
    near = sorted(sorted(steps, key=lambda known: abs(known - step))[:4])
    raise UserError(
        f"{run} keeps no weights of step {step:,}. The nearest: "
        f"{', '.join(f'{each:,}' for each in near)}."
    )


def averages_of(moment: Moment, root: Path | None = None) -> Averages:
    """The weights of a moment, with what showing them needs. Raises UserError."""
    snapshot = load_snapshot(moment.path, torch.device("cpu"), root)
    return Averages(snapshot.step, snapshot.model, _seen_in(snapshot))


def _seen_in(snapshot: Snapshot) -> dict[str, torch.Tensor]:
    if snapshot.points is not None:
        return {"points": snapshot.points.contiguous()}
    if snapshot.directions is None:
        return {}
    known = snapshot.directions.tensors()
    return {f"directions.{name}": value.cpu().contiguous() for name, value in known.items()}
