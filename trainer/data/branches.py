"""By what a run that branches off another goes: its recipe, amendments and decisions. No torch.

What was amended in the parent until that step holds in the child, each from its own step on, so
that nothing jumps. An option that the branch sets itself holds from the branch on as the recipe's
own; a branch that names another end goes by the schedule that a run of that length has.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trainer.data.amendments import END, Amendments
from trainer.data.aside import read_decisions
from trainer.messages import UserError
from trainer.recipe.options import leaves, short_name, value_at
from trainer.recipe.recipe import Recipe

# What decides which networks encode and decode, and how.
NETWORKS = (
    *("model.kind", "model.networks", "model.code", "model.code_kind", "model.noise"),
    *("model.encoder_noise", "model.posterior", "model.width"),
)
IMAGES = ("data.size", "data.colour")


def options_changed(before: Recipe, after: Recipe) -> dict[str, object]:
    """The options that differ, by path, but for the words about the recipe."""
    return {
        path: value_at(after, path)
        for path, _, _ in leaves()
        if not path.startswith("about.") and value_at(after, path) != value_at(before, path)
    }


def child_of(
    recipe: Recipe, known: Amendments, step: int, wanted: Recipe | None
) -> tuple[Recipe, Amendments]:
    """The child's recipe and amendments; `recipe` and `known` are its parent's.

    `wanted` is what is to be in force in the child at that step; None: what is in its parent.
    Raises UserError for what no branch can have.
    """
    in_force = known.recipe_at(recipe, step)
    changes = options_changed(in_force, wanted or in_force)
    _check(changes, step)
    amended = known.up_to(step, without=changes)
    if wanted is None or not changes:
        return recipe, amended
    try:
        child = recipe.but(changes)
        if not options_changed(amended.recipe_at(child, step), wanted):
            return child, amended
    except UserError:  # what has an effect by what was amended alone
        pass
    return wanted, Amendments()


def _check(changes: dict[str, object], step: int) -> None:
    """Raises UserError where changes of a recipe would need other networks, or other data."""
    others = [path for path in NETWORKS if path in changes]
    if others:
        raise UserError(
            f"A branch keeps its networks: another {_names(others)} would need new ones. Begin a "
            "new run for that."
        )
    shapes = [path for path in IMAGES if path in changes]
    if shapes:
        raise UserError(
            f"A branch keeps the shape of its images: {_names(shapes)} would be another. Begin a "
            "new run for that."
        )
    end = changes.get(END)
    if isinstance(end, int) and end <= step:
        raise UserError(f"steps={end} lies before the branch at step {step:,}: name a later end.")


def other_data(changes: dict[str, object]) -> bool:
    """Whether a branch trains on other images than its parent."""
    return any(path.startswith("data.") and path != "data.labels" for path in changes)


def _names(paths: list[str]) -> str:
    return " and ".join(map(short_name, paths))


def aside_until(run: Path, step: int) -> bytes | None:
    """A run's decisions until a step, as the file of another; None where there are none.

    Raises UserError where the file is damaged.
    """
    known = read_decisions(run)
    if known is None:
        return None
    return replace(known, all=tuple(each for each in known.all if each.step <= step)).to_json()
