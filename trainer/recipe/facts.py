"""What there is to say of every option of a recipe: for a window that lets them be changed.

No torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from trainer.recipe.composition import Composition
from trainer.recipe.effect import RULES
from trainer.recipe.options import WORDS, additions, leaves
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS, FAMILIES, MODELS

GROUPS = {
    "model": "Model",
    "data": "Data",
    "objective.reconstruction": "Reconstruction game",
    "objective.regularisation": "Regularisation game",
    "objective.penalties": "Penalties",
    "optim": "Optimisation",
    "schedule": "Schedule",
}
_UNITS = {"px": ", in px", "fraction": ", as a fraction of all steps"}
_NAMES = {"data.name": "data set", "model.kind": "model"}
# As the paper tells them (figures, captions, text); it gives no rates, batches or lengths.
_PAPER: dict[str, dict[str, int]] = {
    "mnist-det": {"model.code": 20, "model.noise": 0},
    "mnist-10": {"model.code": 10, "model.noise": 100},
    "mnist-5": {"model.code": 5, "model.noise": 100},
    "svhn-det": {"model.code": 150, "model.noise": 0, "data.size": 32},
    "svhn-75": {"model.code": 75, "model.noise": 1000, "data.size": 32},
    "celeba-det": {"model.code": 150, "model.noise": 0, "data.size": 48},
    "celeba-50": {"model.code": 50, "model.noise": 1000, "data.size": 48},
    "mog-gan": {"model.code": 7, "model.noise": 10},
    "mog-iae": {"model.code": 7, "model.noise": 10},
    "mnist-clusters": {"model.code": 30, "model.noise": 10},
    "mnist-semi": {"model.code": 10, "data.labels": 100},
    "svhn-semi": {"model.code": 10, "data.labels": 1000},
    "shoes": {"model.noise": 100, "model.encoder_noise": 0},
    "faces": {"model.noise": 0, "model.encoder_noise": 100},
    "fiae-mnist": {"model.code": 15, "model.noise": 0, "model.encoder_noise": 0},
    "fiae-clusters": {"model.code": 10, "model.noise": 10, "model.encoder_noise": 20},
}


@dataclass(frozen=True)
class Option:
    """One option: how it is typed, and what it is about."""

    path: str
    name: str  # in words; its group says the rest
    group: str  # a key of `GROUPS`
    kind: Any  # bool, int, float, str, or a Literal of texts
    choices: tuple[str, ...]  # where it is one of a few texts
    meaning: str  # one sentence
    source: str  # a section of the paper, or an addition's own source
    addition: bool  # whether the paper does not have it

    def speaks_of(self, words: str) -> bool:
        """Whether all words are found in it: for a search."""
        text = f"{self.name} {self.path} {self.meaning} {GROUPS[self.group]} {self.source}"
        return all(word in text.lower() for word in words.lower().split())


@cache
def all_options() -> tuple[Option, ...]:
    """Every option that can be changed, in the order of the recipe's parts."""
    found = []
    for path, entry, kind in leaves():
        if path.startswith(WORDS):
            continue
        about = entry.metadata
        unit = _UNITS.get(about.get("unit", ""), "")
        meaning = f"{about['meaning']}{unit}."
        found.append(
            Option(
                path=path,
                name=_NAMES.get(path, path.rpartition(".")[2].replace("_", " ")),
                group=path.rpartition(".")[0],
                kind=kind,
                choices=_choices(path, kind),
                meaning=meaning[0].upper() + meaning[1:],
                source=about.get("source", ""),
                addition=about["addition"],
            )
        )
    return tuple(found)


def _choices(path: str, kind: Any) -> tuple[str, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    registry: dict[str, Any] = {
        "data.name": DATA_SETS,
        "model.kind": MODELS,
        "model.networks": FAMILIES,
    }
    return registry[path].names() if path in registry else ()


def in_the_paper(recipe: Recipe, path: str) -> Any:
    """The paper's own value of an option in a recipe's experiment; None where nobody knows it."""
    if path in additions():
        return additions()[path]
    return _PAPER.get(recipe.name.removesuffix("-small"), {}).get(path)


def without_effect(recipe: Composition, path: str) -> str:
    """Why an option would change nothing in this experiment; empty where it would."""
    applies, why = RULES.get(path, (lambda _: True, ""))
    return "" if applies(recipe) else why


def as_text(value: Any) -> str:
    """A value as it is typed."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
