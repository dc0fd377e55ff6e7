"""Which runs a list shows, and in which order: what is searched for, and what it is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from iae_studio.state.model_files import Run
from trainer.recipe.options import leaves, value_at

NEWEST, NAME, SIZE, STEPS = "newest", "name", "size", "steps"
SORTS = {NEWEST: "Newest", NAME: "Name", SIZE: "Size", STEPS: "Steps"}


def matches(run: Run, text: str) -> bool:
    """Whether every word is somewhere in a run's names and notes; `seed=3` is an option's value."""
    hay = "\n".join(_words(run)).casefold()
    for word in text.casefold().split():
        key, equals, value = word.partition("=")
        if not (_has_option(run, key, value) if key and equals and value else word in hay):
            return False
    return True


def _words(run: Run) -> Iterable[str]:
    recipe, parent = run.recipe, run.parent
    yield from (run.title, run.notes.note, run.path.name)
    yield from (recipe.name, recipe.about.title, recipe.data.name, recipe.data.images)
    yield parent.run if parent is not None else ""


def _has_option(run: Run, key: str, value: str) -> bool:
    """Whether an option of that name, or the end of its path, has that value."""
    for path in _paths(key):
        has = value_at(run.recipe, path)
        if str(has).casefold() == value or _number(has) == _number(value) is not None:
            return True
    return False


@lru_cache(maxsize=64)
def _paths(key: str) -> tuple[str, ...]:
    return tuple(path for path, _, _ in leaves() if path == key or path.endswith(f".{key}"))


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(str(value))
    except ValueError:
        return None


def ordered(runs: Iterable[Run], by: str, sizes: Mapping[Path, int]) -> list[Run]:
    """By one of `SORTS`; of equals the newest first."""
    keys: dict[str, Callable[[Run], Any]] = {
        NEWEST: lambda run: 0,
        NAME: lambda run: run.title.casefold(),
        SIZE: lambda run: -sizes.get(run.path, 0),
        STEPS: lambda run: -run.step,
    }
    newest = sorted(runs, key=lambda run: run.began, reverse=True)
    return sorted(newest, key=keys[by])
