"""What may be changed in a run's recipe while it trains, and a change that is wanted. No torch.

See `trainer.data.amendments` for what becomes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trainer.data.amendments import AMENDABLE, END, EUCLIDEAN, MOST_AMENDMENTS, Amendments, Value
from trainer.messages import UserError
from trainer.recipe.migration import brief
from trainer.recipe.options import parse, path_of, short_name, value_at
from trainer.recipe.recipe import Recipe


@dataclass(frozen=True)
class Amend:
    """What somebody wants of the run that trains: these options, by path, at these values."""

    options: Mapping[str, object]


def amendable(recipe: Recipe) -> tuple[str, ...]:
    """The paths of what may be amended in runs of a recipe: what has an effect there."""
    return tuple(path for path in AMENDABLE if _may_change(recipe, path))


def _may_change(recipe: Recipe, path: str) -> bool:
    """Whether the recipe allows another value: no R1 without a game, say."""
    if path == END:
        return True
    try:
        recipe.but({path: value_at(recipe, path) + 1.0})
    except UserError:
        return False
    return True


def read_value(path: str, text: str) -> Value:
    """The value that a text is. Raises UserError."""
    number = text.strip().replace(",", "") if path == END else text.strip()
    value: Value = parse(short_name(path), number, int if path == END else float)
    return value


def wanted_of(recipe: Recipe, wanted: Mapping[str, object]) -> dict[str, Value]:
    """Values by path, of names as people give them. Raises UserError for what cannot be amended."""
    found: dict[str, Value] = {}
    for key, value in wanted.items():
        path = path_of(key, recipe)
        if path not in AMENDABLE:
            known = ", ".join(short_name(each) for each in amendable(recipe))
            raise UserError(
                f"{key} cannot be changed in a run that has begun; what can: {known}. Branch the "
                "run to change other options, or begin a new one."
            )
        if isinstance(value, str):
            value = read_value(path, value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise UserError(f"{key} is a number, not {brief(value)}.")
        if path == END and not isinstance(value, int):
            raise UserError(f"{key} is a whole number, not {brief(value)}.")
        found[path] = value
    return found


def amended(
    known: Amendments, recipe: Recipe, step: int, wanted: Mapping[str, object]
) -> Amendments:
    """With what is wanted from a step on that has not begun.

    `recipe` is the run's own. Raises UserError where that cannot be, with a word.
    """
    values = wanted_of(recipe, wanted)
    if END in values and values[END] <= step:
        raise UserError(
            f"steps is where the run ends, and it stands at step {step:,}: name a later one, or "
            "stop it."
        )
    found = known.but(step, values, recipe)
    if len(found.all) > MOST_AMENDMENTS:
        raise UserError(f"{len(known.all):,} amendments are kept, and no more: branch the run.")
    for when in sorted({step, *(each.step for each in found.all if each.step > step)}):
        found.recipe_at(recipe, when)
    if values.get(EUCLIDEAN):
        _check_falls(found, recipe, step)
    return found


def _check_falls(found: Amendments, recipe: Recipe, step: int) -> None:
    until = found.recipe_at(recipe, step).objective.penalties.euclidean_until
    if found.done(recipe.schedule.steps, step) >= until:
        raise UserError(
            "euclidean would have no effect: it falls to 0 on the way, and has arrived there. "
            f"Leave it as it is, or branch the run with euclidean_until above {until:g}."
        )
