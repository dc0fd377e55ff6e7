"""Models to be filled with the weights of a file: what it must hold, and where they go."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import lru_cache

from torch import Tensor

from trainer.inference.eight_bits import expected_factors
from trainer.models.base import Model
from trainer.models.building import build_model
from trainer.models.directions import expected_directions
from trainer.models.fitting import Expected, expected_of
from trainer.models.size import blank_model
from trainer.recipe.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Mould:
    """What a file of a recipe must hold; and a model that copies are taken of, never changed.

    To build one draws all its weights at random, which takes longer than to read them.
    """

    wanted: dict[str, Expected]
    known: dict[str, Expected]
    model: Model | None = None

    def cast(self, recipe: Recipe) -> Model:
        """A model that takes the weights."""
        return copy.deepcopy(self.model) if self.model is not None else _shell(recipe)


def _shell(recipe: Recipe) -> Model:
    model = build_model(recipe)
    model.discriminators.clear()
    return model


def needed(recipe: Recipe) -> Mould:
    """The mould of a recipe for a single file, whose model is built when it is asked for."""
    blank = blank_model(recipe)
    wanted = expected_of(maps(blank), "model.", halved=True)
    known = {} if recipe.two_dimensional else expected_directions(blank)
    return Mould(wanted, known | expected_factors(wanted))


@lru_cache(maxsize=2)
def mould_of(recipe: Recipe) -> Mould:
    """The mould of a recipe for many files. Raises UserError where there is no memory for it."""
    return replace(needed(recipe), model=_shell(recipe))


def maps(model: Model) -> dict[str, Tensor]:
    """Encoder and decoder, by the names of their tensors."""
    return {k: v for k, v in model.state_dict().items() if not k.startswith("discriminators.")}
