"""A training found no memory: what is said, and the same in smaller batches, by a button."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from iae_studio.state.messages import Action, Message
from trainer.recipe.fit import in_smaller_batches
from trainer.recipe.recipe import Recipe

SMALLER = Action("smaller batch", "")  # about a `SmallerBatch`
CHOOSE_BATCH = Action("choose batch", "Options…")  # about the recipe: they tell what fits
FEWEST = 2  # images: a batch norm needs as many


@dataclass(frozen=True)
class SmallerBatch:
    """A recipe in smaller batches; what `run` has learned goes on in a branch."""

    recipe: Recipe
    run: Path | None = None

    @property
    def label(self) -> str:
        """What a button says."""
        way = "Train again" if self.run is None else "Go on"
        return f"{way} with a batch of {self.recipe.optim.batch:,}"


def in_half(recipe: Recipe) -> Recipe | None:
    """The recipe in batches of half the size; None where they would be too small."""
    half = max(recipe.optim.batch, recipe.schedule.warm_batch) // 2
    return recipe.but(in_smaller_batches(recipe, half)) if half >= FEWEST else None


def out_of_memory(why: str, recipe: Recipe, run: Path | None) -> Message:
    """What is said, and the ways out; `run` has learned something."""
    smaller, choose = in_half(recipe), Action(CHOOSE_BATCH.name, CHOOSE_BATCH.label, recipe)
    if smaller is None:
        return Message(why, True, (choose,))
    wanted = SmallerBatch(smaller, run)
    return Message(why, True, (Action(SMALLER.name, wanted.label, wanted), choose))
