"""What the queue holds: one training each, and how it stands; as plain data for a file."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from trainer.messages import UserError
from trainer.recipe.migration import newer
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import MOST_STEPS
from trainer.storage.checked import mapping, text, whole, wrong

FORMAT = 1
MOST = 200  # that wait
MOST_ENDED = 20  # that are remembered
MOST_SEEDS = 50
MOST_SEED = (1 << 31) - 1
_MOST_WHY = 1000  # letters
_SEEDS = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?", re.ASCII)
_keys = itertools.count(1)


class Stage(Enum):
    """How a training of the queue stands."""

    RUNNING = "running"
    WAITING = "waiting"
    INTERRUPTED = "interrupted"  # it trained when the program ended
    DONE = "done"
    STOPPED = "stopped"  # by the user
    FAILED = "failed"


COMING = (Stage.WAITING, Stage.INTERRUPTED)
ENDED = (Stage.DONE, Stage.STOPPED, Stage.FAILED)


@dataclass(frozen=True)
class Item:
    """A recipe to train, in a new run or in `run`, which goes on; and what became of it."""

    recipe: Recipe
    run: Path | None = None
    stage: Stage = Stage.WAITING
    step: int = 0  # that it reached
    why: str = ""  # it failed
    key: int = field(default_factory=lambda: next(_keys), compare=False)

    def now(self, stage: Stage, **more: Any) -> Item:
        """The same, as it stands now."""
        return replace(self, stage=stage, **more)


@dataclass(frozen=True)
class Kept:
    """The queue as it lies on the disk: what was training, what comes, what ended, newest first."""

    items: tuple[Item, ...] = ()

    def to_mapping(self) -> dict[str, Any]:
        """For JSON; `parsed` is the inverse."""
        return {"format": FORMAT, "items": [_mapping(item) for item in self.items]}


def _mapping(item: Item) -> dict[str, Any]:
    return {
        "recipe": json.loads(item.recipe.to_json()),
        "run": "" if item.run is None else str(item.run),
        "stage": item.stage.value,
        "step": item.step,
        "why": item.why,
    }


def parsed(content: Mapping[str, Any]) -> tuple[Kept, str]:
    """What a file of the queue says, as far as it can be used; and what of it cannot.

    Raises UserError where it is none, or a newer version's.
    """
    number, told = content.get("format"), content.get("items")
    if isinstance(number, int) and not isinstance(number, bool) and number > FORMAT:
        raise newer(f"the queue has format {min(number, 10**9)}")
    if number != FORMAT or not isinstance(told, list):
        raise UserError("The queue is damaged: it does not list what is to be trained.")
    items, problems = [], []
    for each in told[: MOST + MOST_ENDED + 1]:
        try:
            items.append(_item(each))
        except UserError as error:
            problems.append(str(error))
    if len(told) > MOST + MOST_ENDED + 1:
        problems.append(f"It lists more than {MOST} trainings.")
    return Kept(tuple(items)), problems[0] if problems else ""


def _item(told: object) -> Item:
    values = mapping(told, "an entry of the queue")
    recipe = Recipe.from_mapping(mapping(values.get("recipe"), "recipe"))
    run, stage, why = (text(values.get(key), key) for key in ("run", "stage", "why"))
    if stage not in [each.value for each in Stage]:
        raise wrong("stage")
    if run and not _is_path(run):
        raise wrong("run")
    step = whole(values.get("step"), "step", MOST_STEPS)
    return Item(recipe, Path(run) if run else None, Stage(stage), step, why[:_MOST_WHY])


def _is_path(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # half a letter
        return False
    return Path(name).is_absolute()


def seeds_in(typed: str) -> tuple[int, ...]:
    """The seeds that somebody typed: "0, 1, 2", "4-7", or a number alone: so many, from 0 on.

    Raises UserError for anything else.
    """
    parts = [part for part in re.split(r"[,;\s]+", typed.strip()) if part]
    found: dict[int, None] = {}  # each once, in their order
    for part in parts:
        match = _SEEDS.fullmatch(part)
        if match is None:
            raise UserError(f'"{part[:20]}" is no seed: type 0, 1, 2 or 4-7, or how many.')
        first, last = int(match[1]), int(match[2] or match[1])
        if len(parts) == 1 and match[2] is None:
            first, last = 0, first - 1  # a count
        if not first <= last <= MOST_SEED or last - first >= MOST_SEEDS:
            raise UserError(f"Type 1 to {MOST_SEEDS} seeds, each of at most {MOST_SEED:,}.")
        found |= dict.fromkeys(range(first, last + 1))
    if not 0 < len(found) <= MOST_SEEDS:
        raise UserError(f"Type 1 to {MOST_SEEDS} seeds: 0, 1, 2 or 4-7, or how many.")
    return tuple(found)
