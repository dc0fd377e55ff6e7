"""All that a user explores, as plain data that a picture carries to another window.

Nothing in it tells of folders, files or names of the user's: images of their own are "image 1".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from iae_studio.state.input_list import MAX_INPUTS, Input
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.settings_values import settings_of, values_of
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import Settings
from trainer.exploring.questions.keeping import Kept
from trainer.messages import Pixels, UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import MOST_STEPS
from trainer.recipe.specs import DATA_SETS
from trainer.reporting.state_chunk import packed, unpacked
from trainer.storage.checked import all_of, is_a, mapping, text, whole, wrong

UNTRAINED, SHIPS, TRAINED = "untrained", "shipped", "trained"  # kinds of weights


@dataclass(frozen=True)
class Weights:
    """Which weights made a picture: their kind, what they are called, and what tells them apart."""

    kind: str
    name: str
    step: int = 0
    fingerprint: str = ""  # the checksum of the tensors; empty for untrained ones


@dataclass(frozen=True, eq=False)
class Shared:
    """What it takes to show a picture again, but for the weights themselves."""

    recipe: Recipe
    weights: Weights
    settings: Settings
    columns: int
    row: int
    column: int
    names: tuple[str, ...]  # of the inputs
    tests: tuple[bool, ...]  # which of them are test images
    images: Pixels  # [N, H, W, C]: as the network saw them


def shared(state: StudioState, inputs: Sequence[Input]) -> Shared:
    """What is explored now, of these inputs; its weights are still to be named."""
    recipe = without_folders(state.displayed.recipe)
    shape = recipe.image_shape
    known = [] if shape is None else list(inputs)
    images = np.stack([each.seen for each in known]) if known else np.zeros((0, 1, 1, 1), np.uint8)
    own = DATA_SETS[recipe.data.name].own
    return Shared(
        recipe,
        Weights(UNTRAINED, recipe.name),
        state.query.now(),
        state.query.columns,
        state.selection.row if known else -1,
        state.selection.column,
        tuple(shared_name(n, each.name, each.test, own) for n, each in enumerate(known, 1)),
        tuple(each.test for each in known),
        images,
    )


def with_weights(made: Shared, kept: Kept) -> Shared:
    """The same with the weights that were kept for it."""
    if kept.path is None:
        return made
    ships = [name for name, path in SHIPPED.items() if path == kept.path]
    kind, name = (SHIPS, ships[0]) if ships else (TRAINED, made.recipe.name)
    return replace(made, weights=Weights(kind, name, kept.step, kept.fingerprint))


def shared_name(place: int, name: str, test: bool, own: bool) -> str:
    """What others see an input called: test images of data that everybody has keep their name."""
    return name if test and not own else f"image {place}"


def without_folders(recipe: Recipe) -> Recipe:
    """The recipe without where the user's own images lie, and what they are called."""
    given = {"images": recipe.data.images, "images_b": recipe.data.images_b}
    return recipe.but({key: key for key, value in given.items() if value})


def to_mapping(made: Shared) -> dict[str, Any]:
    """For JSON; `shared_in` is the inverse."""
    return {
        "recipe": made.recipe.to_mapping(),
        "weights": asdict(made.weights),
        "settings": values_of(made.settings),
        "columns": made.columns,
        "selection": [made.row, made.column],
        "names": list(made.names),
        "tests": list(made.tests),
        "images": packed(made.images),
    }


# ---- reading: every value is looked at, for anybody may have written it --------------------------


def shared_in(values: Mapping[str, Any], name: str) -> Shared:
    """The inverse of `to_mapping`. Raises UserError where one value is not as it should be."""
    try:
        return _shared_in(values)
    except UserError as error:
        raise UserError(
            f'What "{name}" says of how it was made cannot be used: {_brief(error)}'
        ) from error


def _brief(error: UserError) -> str:
    return str(error).rpartition(" is damaged: ")[2]


def _shared_in(values: Mapping[str, Any]) -> Shared:
    # Nobody else's picture names places of this computer.
    recipe = without_folders(Recipe.from_mapping(mapping(values.get("recipe"), "recipe")))
    names = all_of(values.get("names"), "names", MAX_INPUTS, text)
    tests = all_of(values.get("tests"), "tests", MAX_INPUTS, partial(is_a, bool))
    row, column = _selection(values.get("selection"))
    shape = recipe.image_shape
    if len(names) != len(tests) or (shape is None and names):
        raise wrong("names")
    return Shared(
        recipe,
        _weights_in(mapping(values.get("weights"), "weights")),
        settings_of(mapping(values.get("settings"), "settings")),
        whole(values.get("columns"), "columns", MAX_INPUTS),
        row,
        column,
        names,
        tests,
        unpacked(values.get("images"), len(names), shape or (1, 1, 1)),
    )


def _weights_in(values: Mapping[str, Any]) -> Weights:
    kind, name, mark = (text(values.get(key), "weights") for key in ("kind", "name", "fingerprint"))
    if kind not in (UNTRAINED, SHIPS, TRAINED) or (kind == UNTRAINED) is not (not mark):
        raise wrong("weights")
    return Weights(kind, name, whole(values.get("step"), "step", MOST_STEPS), mark)


def _selection(value: object) -> tuple[int, int]:
    """A row and a column; row -1: nothing is selected."""
    if not isinstance(value, list) or len(value) != 2:
        raise wrong("selection")
    row, column = (whole(each, "selection", MAX_INPUTS, least=-1) for each in value)
    if column < 0:
        raise wrong("selection")
    return row, column
