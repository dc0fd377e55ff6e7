"""Jobs about runs that branch off others, and about what is amended in runs that rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from iae_studio.state.folders import Folders
from trainer.data.amendments import Amendments, fitting_amendments
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import Parent, read_begun


@dataclass(frozen=True)
class Origin:
    """Where a branch would begin: what is in force there, and whether all of a checkpoint is."""

    recipe: Recipe
    step: int
    whole: bool


def origin_of(run: Path, step: int | None) -> Origin:
    """Of a branch at a step, or at the last checkpoint. Raises UserError."""
    from trainer.training.amendments import step_at_rest
    from trainer.training.checkpoint import RunFolder

    recipe, folder = read_begun(run).recipe, RunFolder(run)
    last = step_at_rest(folder) if step is None or folder.has_state() else None
    at = (last or 0) if step is None else step
    recipe = fitting_amendments(run, recipe).recipe_at(recipe, at)
    return Origin(recipe, at, step is None or step == last)


def make_branch(run: Path, step: int | None, recipe: Recipe, folders: Folders) -> Path:
    """A new run among the user's own; see `trainer.branch`. Raises UserError."""
    from trainer.api.branching import branch

    return branch(run, step=step, recipe=recipe, data=folders.of(recipe.data.name))


@dataclass(frozen=True)
class History:
    """Where a run branched off, and what was changed in it; or why that cannot be known."""

    parent: Parent | None = None
    amendments: Amendments = field(default_factory=Amendments)
    problem: str = ""


def history_of(run: Path) -> History:
    """For the marks of a run that is looked at, which no damage stops."""
    try:
        begun = read_begun(run)
        return History(begun.parent, fitting_amendments(run, begun.recipe))
    except UserError as error:
        return History(problem=str(error))


def read_amended(run: Path) -> tuple[Amendments, int]:
    """What was amended in a run that rests, and the step of its checkpoint. Raises UserError."""
    from trainer.training.amendments import step_at_rest
    from trainer.training.checkpoint import RunFolder

    return fitting_amendments(run, read_begun(run).recipe), step_at_rest(RunFolder(run))


def amend(run: Path, options: Mapping[str, object]) -> Amendments:
    """Amend a run that nobody trains. Raises UserError."""
    from trainer.training.amendments import amend_resting
    from trainer.training.checkpoint import RunFolder

    return amend_resting(RunFolder(run), options)
