"""What is changed in a run's recipe while it trains: a file of the run. No torch.

RUN/amendments.json lists which option has which value from which step on; recipe.json stays as the
run began. What may be changed is named in `AMENDABLE`: nothing that another network would need.

What makes going on exact is what `trainer.data.aside` does: an amendment of step s is in force for
step s and all later ones, whenever they are trained, and is on disk before that step begins. So a
run that is killed at step t, and goes on from its checkpoint of step k < t, meets the amendments of
the steps k to t once more, each at its own step. What is decided anew at step j about an option
takes the place of every amendment of it from step j on.

The end is one of these options, and what falls on the way (rates, instance noise, a Euclidean
error) depends on how much of the run is over. A new end moves nothing at once: what was over stays
over, and what was left is stretched or squeezed so that it ends there. Before the change all is as
it was. A run past its end stays at its last values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.data.run_files import read_run_file
from trainer.messages import UserError
from trainer.recipe.migration import brief, newer
from trainer.recipe.options import short_name, value_at
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import MOST_STEPS

FILE = "amendments.json"
FORMAT = 1
MOST = 1 << 22  # bytes
MOST_AMENDMENTS = 2000
END = "schedule.steps"
EUCLIDEAN = "objective.penalties.euclidean"
AMENDABLE = (
    "optim.generator_rate",
    "optim.discriminator_rate",
    "objective.reconstruction.weight",
    "objective.regularisation.weight",
    "objective.reconstruction.r1",
    "objective.regularisation.r1",
    "objective.penalties.label_weight",
    EUCLIDEAN,
    "objective.penalties.consistency",
    "objective.penalties.balance",
    "objective.penalties.diversity_weight",
    "objective.penalties.first_moment",
    END,
)
Value = int | float


@dataclass(frozen=True)
class Amendment:
    """From `step` on an option, named by its path, has this value."""

    step: int
    option: str
    value: Value

    def __str__(self) -> str:
        return f"from step {self.step:,}: {self.words()}"

    def words(self) -> str:
        """What is changed, without its step."""
        return f"{short_name(self.option)} = {written(self.value)}"


@dataclass(frozen=True)
class Amendments:
    """All amendments of a run, in the order of their steps."""

    all: tuple[Amendment, ...] = ()

    def __str__(self) -> str:
        return "; ".join(map(str, self.all))

    def values(self, step: int | None = None) -> dict[str, Value]:
        """What is in force at a step, by path; in the end, where none is named."""
        return {each.option: each.value for each in self.all if step is None or each.step <= step}

    def recipe_at(self, recipe: Recipe, step: int | None = None) -> Recipe:
        """The recipe that is in force. Raises UserError where it does not allow that."""
        values = self.values(step)
        return recipe.but(values) if values else recipe

    def next_step(self, step: int) -> int | None:
        """The first step after this one at which something is amended."""
        return next((each.step for each in self.all if each.step > step), None)

    def done(self, steps: int, step: int) -> float:
        """How much of a run is over at a step, 0 to 1; `steps` is the end that it began with."""
        over, since, end = 0.0, 0, steps
        for each in self.all:
            if each.option == END and each.step <= step:
                over = _over(over, since, end, each.step)
                since, end = each.step, int(each.value)
        return _over(over, since, end, step)

    def but(self, step: int, values: Mapping[str, Value], recipe: Recipe) -> Amendments:
        """With other values from a step on; later amendments of these options go."""
        kept = [each for each in self.all if each.step < step or each.option not in values]
        before = Amendments(tuple(kept)).values(step)
        fresh = [
            Amendment(step, option, value)
            for option, value in values.items()
            if before.get(option, value_at(recipe, option)) != value
        ]
        return Amendments(_sorted([*kept, *fresh]))

    def up_to(self, step: int, without: Iterable[str] = ()) -> Amendments:
        """Those of the steps until this one, but for some options."""
        gone = frozenset(without)
        kept = (each for each in self.all if each.step <= step and each.option not in gone)
        return Amendments(tuple(kept))

    def plain(self) -> list[dict[str, Any]]:
        """For JSON."""
        return [dict(vars(each)) for each in self.all]

    def to_json(self) -> bytes:
        """The file's contents; `read_amendments` is the inverse."""
        content = {"format": FORMAT, "amendments": self.plain()}
        return json.dumps(content, indent=1).encode()


def _over(over: float, since: int, end: int, step: int) -> float:
    """Of `over` at one step, what is over at a later one of the way to the end."""
    return 1.0 if step >= end else over + (step - since) * (1 - over) / (end - since)


def read_amendments(run: Path) -> Amendments:
    """Those of a run folder; none where nothing was ever amended.

    Raises UserError where the file is damaged or a newer version's, with the way out.
    """
    limits = FORMAT, MOST
    found = read_run_file(run / FILE, limits, _parsed, "a list of amendments", unusable)
    return Amendments() if found is None else found


def fitting_amendments(run: Path, recipe: Recipe) -> Amendments:
    """Those of a run folder. Raises UserError also where they are none of this recipe."""
    known = read_amendments(run)
    for step in sorted({each.step for each in known.all}):
        try:
            known.recipe_at(recipe, step)
        except UserError as error:
            raise unusable(run / FILE, str(error).rstrip(".")) from error
    return known


def unusable(file: Path, why: str) -> UserError:
    """What is said of a file that cannot be gone by."""
    return UserError(
        f"{file}, which says what was changed while the run trained, cannot be used ({why}). Copy "
        "it back from a backup, or delete it to go on by the recipe as it began."
    )


def _parsed(content: Mapping[str, Any]) -> Amendments:
    listed = content["amendments"]
    if not isinstance(listed, list) or len(listed) > MOST_AMENDMENTS:
        raise ValueError("it is no list of amendments, or holds too many")
    return Amendments(_sorted(map(_amendment, listed)))


def _amendment(each: Mapping[str, Any]) -> Amendment:
    step, option, value = each["step"], each["option"], each["value"]
    if not isinstance(option, str):
        raise ValueError(f"{brief(option)} is no option")
    if option not in AMENDABLE:
        raise newer(f"it amends {brief(option)}")
    if not _whole(step, 0) or isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{brief(each)} is no amendment")
    if option == END and not _whole(value, step + 1):
        raise ValueError(f"{brief(value)} is no end of a run at step {step}")
    return Amendment(step, option, value)


def _whole(value: object, least: int) -> bool:
    """Whether it is a step of a run, from `least` on."""
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return least <= value <= MOST_STEPS


def written(value: Value) -> str:
    """A value as people write it."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _sorted(amendments: Iterable[Amendment]) -> tuple[Amendment, ...]:
    return tuple(sorted(amendments, key=lambda each: each.step))  # of one step in their order
