"""Where recipes differ: the options, and what each recipe has there. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trainer.recipe.composition import Composition
from trainer.recipe.options import WORDS, additions, leaves, short_name, value_at

UNCLEAR = ("data.name",)  # options whose short name says too little beside others


@dataclass(frozen=True)
class Difference:
    """An option, its meaning, and its value in each recipe. `addition`: the paper lacks it."""

    path: str
    name: str
    meaning: str
    values: tuple[Any, ...]
    addition: bool


@dataclass(frozen=True)
class Differences:
    """The options that differ, and how many are the same in all."""

    rows: tuple[Difference, ...]
    same: int


def differences(recipes: Sequence[Composition]) -> Differences:
    """Compare recipes option by option; what they are called is no option."""
    rows, same, ours = [], 0, additions()
    for path, entry, _ in leaves():
        if path.startswith(WORDS):
            continue
        values = tuple(value_at(recipe, path) for recipe in recipes)
        if len(set(values)) > 1:
            meaning = str(entry.metadata.get("meaning", ""))
            name = path if path in UNCLEAR else short_name(path)
            rows.append(Difference(path, name, meaning, values, path in ours))
        else:
            same += 1
    return Differences(tuple(rows), same)
