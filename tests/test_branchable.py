"""Which options a branch has of its parent: all that its weights depend on, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from iae_studio.state.option_draft import OptionDraft
from trainer.messages import UserError
from trainer.recipe.branchable import held_in_branch
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.facts import Option, all_options
from trainer.recipe.options import value_at
from trainer.recipe.recipe import Recipe
from trainer.training.branching import _check_networks

NAMES = ("drawn-10", "mnist-clusters-small", "shoes-small", "faces-small", "mog-iae")


def others(recipe: Recipe, option: Option) -> Iterator[Recipe]:
    """The recipe with other values of an option, where it can have them."""
    now = value_at(recipe, option.path)
    numbers = () if option.kind is bool else (now + 4, now * 2) if option.kind is int else ()
    for value in (not now,) if option.kind is bool else option.choices or numbers:
        if value != now:
            with suppress(UserError):
                yield recipe.but({option.path: value})


@pytest.mark.parametrize("whole", [True, False], ids=["checkpoint", "moment"])
def test_what_is_not_held_never_makes_a_branch_impossible(whole: bool) -> None:
    held, refused = held_in_branch(whole), set()
    for name in NAMES:
        base = CATALOGUE[name]
        for option in all_options():
            for other in others(base, option):
                try:
                    _check_networks(base, other, whole)
                except UserError:
                    refused.add(option.path)
    assert refused <= held
    assert held - refused <= {"data.colour", "data.size"}, "the images' shape stays"


def test_what_is_held_stays_whatever_is_typed_or_taken() -> None:
    draft = OptionDraft(CATALOGUE["drawn-10"], held_in_branch(whole=True))
    draft.type("model.width", "64")
    assert draft.valid and draft.recipe == draft.base and not draft.changes
    draft.take_recipe(draft.base.to_the_letter())
    assert draft.changes and not any(draft.changed(path) for path in draft.held)
