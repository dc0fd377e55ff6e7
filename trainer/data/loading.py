"""The data of a recipe: loaded once for all that ask for them, split as the recipe says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from trainer.data.at_hand import folder_of
from trainer.data.dataset import DataSet, Rows
from trainer.data.edge_detection import find_edges
from trainer.data.recent import Recent
from trainer.data.request import OnProgress, Request, unheard
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS, resolve
from trainer.storage.paths import data_root

_loaded: Recent[Request, DataSet] = Recent(2)
_split_off: Recent[tuple[Request, int], DataSet] = Recent(2)


def load_data(recipe: Recipe, root: Path | None = None, progress: OnProgress = unheard) -> DataSet:
    """The recipe's data. Raises UserError, with the way out, where they are not at hand.

    `progress(images done, images in all)` is called as they are read, with an "in all" of 0 while
    another thread reads the same. What it raises ends the loading, and leaves nothing half-made.
    """
    request = _request(recipe, root)
    whole = _loaded.get(request, request.source, lambda: _load(request, progress), progress)
    if not recipe.data.hold_out:
        return whole
    count = recipe.data.hold_out
    return _split_off.get(
        (request, count), request.source, lambda: _held_out(whole, count), progress
    )


def forget_data() -> None:
    """Load anew what is asked for next."""
    _loaded.clear()
    _split_off.clear()


def _request(recipe: Recipe, root: Path | None) -> Request:
    # What our own code makes is the same for every root, and made once.
    needs_root = DATA_SETS[recipe.data.name].find is not None
    return Request.of(recipe, data_root(root) if needs_root else Path())


def _load(request: Request, progress: OnProgress) -> DataSet:
    spec = DATA_SETS[request.data]
    if spec.find is not None:
        folder_of(request.data, request.root)  # or what is missing is told
    whole: DataSet = resolve(spec.load)(request, progress)
    if request.translates and whole.other_train is None:
        return _two_domains(whole, request)
    return whole


def _held_out(whole: DataSet, count: int) -> DataSet:
    """A validation split: `count` training rows (of either domain) in the test rows' place.

    So no setting is chosen by looking at the test set. Always the same ones, of all classes.
    """

    def split(rows: Rows) -> tuple[Rows, Rows]:
        if not 8 <= count <= len(rows) - 16:
            raise UserError(
                f"hold_out is {count}, but there are {len(rows)} training images: hold out at "
                "least 8, and leave 16."
            )
        held = torch.zeros(len(rows), dtype=torch.bool)
        held[torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))[:count]] = True
        return rows.only(~held), rows.only(held)

    train, test = split(whole.train)
    if whole.other_train is None:
        return replace(whole, train=train, test=test)
    other_train, other_test = split(whole.other_train)
    return DataSet(train, test, other_train, other_test, whole.classes)


def _two_domains(whole: DataSet, request: Request) -> DataSet:
    """The second domain from the first: its edges, of the other half; or its second class."""
    (train, other_train), (test, other_test) = (
        _split(rows, request) for rows in (whole.train, whole.test)
    )
    return DataSet(train, test, other_train, other_test, whole.classes)


def _split(rows: Rows, request: Request) -> tuple[Rows, Rows]:
    if request.second == "class":
        if rows.labels.unique().tolist() != [0, 1]:
            raise UserError(
                f"{request.images or request.data} does not hold two classes to translate between: "
                "give a folder with two class folders, or a second one with --images-b."
            )
        return rows.only(rows.labels == 0), rows.only(rows.labels == 1)
    # Unpaired: no image has its own edges in the other domain.
    half = torch.arange(len(rows)) % 2 == 0
    first, second = rows.only(half), rows.only(~half)
    edges = second.edges if second.edges is not None else find_edges(second.images)
    return first, replace(second, images=edges, mapped=False)


def some_test_images(
    recipe: Recipe, root: Path | None, count: int, seed: int, progress: OnProgress = unheard
) -> tuple[Tensor, Tensor, Tensor]:
    """Test images uint8 [N, C, H, W] chosen by a seed, their labels, their places in the set.

    Of different classes as far as there are enough. `progress` as of `load_data`.
    """
    few = DATA_SETS[recipe.data.name].few and not recipe.data.hold_out
    test = _few(_request(recipe, root)) if few else load_data(recipe, root, progress).test
    order = torch.randperm(len(test), generator=torch.Generator().manual_seed(seed))
    index = torch.tensor(_varied(order.tolist(), test.labels[order].tolist(), count))
    return test.images[index], test.labels[index], index


def _few(request: Request) -> Rows:
    few: Rows = resolve(DATA_SETS[request.data].few)(request)
    return _split(few, request)[0] if request.translates else few


def _varied(order: list[int], labels: list[int], count: int) -> list[int]:
    """The first `count` of an order, those whose class came up already last."""
    met: set[int] = set()
    fresh: list[int] = []
    again: list[int] = []
    for place, label in zip(order[: 50 * count], labels, strict=False):
        (again if label in met else fresh).append(place)
        met.add(label)
    return (fresh + again)[:count]
