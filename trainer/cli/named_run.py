"""What the arguments of `train` name: a recipe, and the run that is begun or gone on with."""

from __future__ import annotations

import argparse
from pathlib import Path

from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import runs_root


def named_in(args: argparse.Namespace, recipe: Recipe) -> tuple[Recipe, Path | None]:
    """The catalogue's recipe with its seed, and the folder; None: a new one of the user's own.

    Raises UserError where a run that goes on is not there, or cannot go on in that way.
    """
    if args.resume:
        return recipe, _run_to_resume(args, recipe)
    return recipe if args.seed is None else recipe.but(seed=args.seed), args.out


def stands_at(step: int) -> str:
    """Said where a run that goes on has nothing left to do."""
    return f"It already stands at step {step:,}; ask for more by --steps."


def _run_to_resume(args: argparse.Namespace, recipe: Recipe) -> Path:
    """The folder named, or the newest run of the recipe. Raises UserError for what must stay."""
    from trainer.training.checkpoint import RunFolder

    folder: Path = args.out or _newest_run(recipe.name)
    kept = RunFolder(folder).recipe()
    if kept.name != recipe.name:
        raise UserError(f"{folder} is a run of {kept.name}, not of {recipe.name}.")
    other_seed = args.seed is not None and args.seed != kept.optim.seed
    if args.settings or other_seed:
        raise UserError("--resume keeps the run's own recipe and seed: leave out --set and --seed.")
    return folder


def _newest_run(name: str) -> Path:
    mine = [p.parent for p in runs_root().glob("*/recipe.json") if _is_run_of(name, p.parent)]
    if not mine:
        raise UserError(f"There is no run of {name} in {runs_root()}. Name one by --out.")
    return max(mine, key=lambda p: (p / "recipe.json").stat().st_mtime)


def _is_run_of(name: str, folder: Path) -> bool:
    from trainer.training.checkpoint import RunFolder

    try:
        return RunFolder(folder).recipe().name == name
    except UserError:  # one damaged run does not stand in the way of the others
        return False
