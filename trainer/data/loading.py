"""The data of a recipe: loaded once for all that ask for them, split as the recipe says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from trainer.data.at_hand import state_of_files
from trainer.data.dataset import DataSet, Rows
from trainer.data.folders.split import held_out
from trainer.data.folders.trained_on import TrainedOn
from trainer.data.progress import OnProgress, unheard
from trainer.data.recent import Recent
from trainer.data.request import Request
from trainer.data.two_domains import domains, two_domains
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS, called, resolve
from trainer.storage.paths import data_root


class SomeImages(NamedTuple):
    """Images uint8 [N, C, H, W], their labels, and their places in the set that they are of."""

    images: Tensor
    labels: Tensor
    places: Tensor
    trained: bool = False  # whether they are training images
    names: tuple[str, ...] = ()  # of own images their files, of others their places
    class_names: tuple[str, ...] = ()  # of own images the folders that they lie in


_loaded: Recent[Request, DataSet] = Recent(2)
_split_off: Recent[tuple[Request, int], DataSet] = Recent(2)
_many: Recent[tuple[Request, int, int], SomeImages] = Recent(2)


def load_data(
    recipe: Recipe,
    root: Path | None = None,
    progress: OnProgress = unheard,
    trained_on: TrainedOn | None = None,
) -> DataSet:
    """The recipe's data. Raises UserError, with the way out, where they are not at hand.

    What a run has `trained_on` of own images stays for training; it is never among the test images.

    `progress(images done, images in all)` is called as they are read, with an "in all" of 0 while
    another thread reads the same. What it raises ends the loading, and leaves nothing half-made.
    """
    request = _request(recipe, root, trained_on, progress)
    whole = _loaded.get(request, request.source, lambda: _load(request, progress), progress)
    if not recipe.data.hold_out:
        return whole
    count = recipe.data.hold_out
    return _split_off.get(
        (request, count), request.source, lambda: _held_out(whole, count, trained_on), progress
    )


def settled(recipe: Recipe, data: DataSet) -> Recipe:
    """The recipe with what only the data could tell, so that all that follows sees them alike."""
    ranges = [each.grey_range for each in data.own if each.grey_range is not None]
    return recipe.but(grey_range=str(ranges[0])) if ranges else recipe


def forget_data() -> None:
    """Load anew what is asked for next."""
    _loaded.clear()
    _split_off.clear()
    _many.clear()


def _request(
    recipe: Recipe,
    root: Path | None,
    trained_on: TrainedOn | None = None,
    progress: OnProgress = unheard,
) -> Request:
    spec = DATA_SETS[recipe.data.name]
    # What our own code makes is the same for every root, and made once.
    needs_root = spec.find is not None
    request = Request.of(recipe, data_root(root) if needs_root else Path(), trained_on)
    if spec.state is not None:
        return replace(request, state=spec.state(request, progress))
    if needs_root:
        return replace(request, state=state_of_files(request.data, request.root))
    return request


def _load(request: Request, progress: OnProgress) -> DataSet:
    spec = DATA_SETS[request.data]
    whole: DataSet = resolve(spec.load)(request, progress)
    if request.translates and whole.other_train is None:
        return two_domains(whole, request)
    return whole


def _held_out(whole: DataSet, count: int, trained_on: TrainedOn | None) -> DataSet:
    """A validation split: `count` training rows (of either domain) in the test rows' place.

    So no setting is chosen by looking at the test set. Always the same ones, of all classes. A run
    on own images keeps those that it began with.
    """
    if trained_on is not None and not trained_on.unlisted:
        return _as_listed(whole, trained_on)

    def split(rows: Rows) -> tuple[Rows, Rows]:
        if not 8 <= count <= len(rows) - 16:
            raise UserError(
                f"hold_out is {count}, but there are {len(rows)} training images: hold out at "
                "least 8, and leave 16."
            )
        held = held_out(rows, count, by_content=trained_on is None)
        return rows.only(~held), rows.only(held)

    train, test = split(whole.train)
    if whole.other_train is None:
        return replace(whole, train=train, test=test)
    other_train, other_test = split(whole.other_train)
    return replace(whole, train=train, test=test, other_train=other_train, other_test=other_test)


def _as_listed(whole: DataSet, trained_on: TrainedOn) -> DataSet:
    """Without the test images that the run never held out: those are for the very end."""
    kept = torch.tensor(sorted(trained_on.tests), dtype=torch.int64)

    def only(rows: Rows) -> Rows:
        assert rows.contents is not None  # of own images
        return rows.only(torch.isin(rows.contents, kept))

    other = None if whole.other_test is None else only(whole.other_test)
    return replace(whole, test=only(whole.test), other_test=other)


def some_test_images(
    recipe: Recipe,
    root: Path | None,
    count: int,
    seed: int,
    progress: OnProgress = unheard,
    trained_on: TrainedOn | None = None,
) -> SomeImages:
    """Test images chosen by a seed; training images where there are no others.

    Of different classes as far as there are enough. `progress`, `trained_on` as of `load_data`.
    """
    few = DATA_SETS[recipe.data.name].few and not recipe.data.hold_out
    if few:
        rows, data = _first(_request(recipe, root), "few"), None
    else:
        data = load_data(recipe, root, progress, trained_on)
        rows = data.test if len(data.test) else data.train
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(seed))
    places = _varied(order.tolist(), rows.labels[order].tolist(), count)
    return _chosen(rows, torch.tensor(places), data)


def many_test_images(
    recipe: Recipe,
    root: Path | None,
    count: int,
    progress: OnProgress = unheard,
    trained_on: TrainedOn | None = None,
) -> SomeImages:
    """Up to `count` test images, always the same; training images where there are no others.

    The very same object as long as the data are the same. `progress`, `trained_on` as of
    `load_data`.
    """

    def choose() -> SomeImages:
        if DATA_SETS[recipe.data.name].many and not recipe.data.hold_out:
            rows, data = _first(request, "many"), None
        else:
            data = load_data(recipe, root, progress, trained_on)
            rows = data.test if len(data.test) else data.train
        order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))
        return _chosen(rows, order[:count].sort().values, data)

    request = _request(recipe, root, trained_on, progress)
    key = request, recipe.data.hold_out, count
    return _many.get(key, ("many", *request.source), choose, progress)


def picture_names(some: SomeImages, recipe: Recipe, shown: Recipe | None = None) -> list[str]:
    """What test images of a recipe are called: "test 44 (7)"; of `shown`, where others stand in."""
    data = (shown or recipe).data.name
    word = "training" if some.trained else "test" if shown in (None, recipe) else "drawn"
    each = zip(some.names, some.labels.tolist(), strict=True)
    return [called(word, name, data, label) for name, label in each]


def _chosen(rows: Rows, index: Tensor, data: DataSet | None) -> SomeImages:
    """The rows at these places; `data` are where they come from, unless they were drawn at once."""
    own = data.own[0] if data is not None and data.own else None
    names = own.by_content if own else {}
    keys = index if rows.contents is None else rows.contents[index]
    named = zip(keys.tolist(), index.tolist(), strict=True)
    return SomeImages(
        rows.images[index],
        rows.labels[index],
        index,
        data is not None and not len(data.test),
        tuple(names.get(key, str(place)) for key, place in named),
        own.inventory.class_names if own else (),
    )


def _first(request: Request, part: str) -> Rows:
    """The first rows of a test set, "few" or "many" of them, where they are made by themselves."""
    rows: Rows = resolve(getattr(DATA_SETS[request.data], part))(request)
    return domains(rows, request)[0] if request.translates else rows


def _varied(order: list[int], labels: list[int], count: int) -> list[int]:
    """The first `count` of an order, those whose class came up already last."""
    met: set[int] = set()
    fresh: list[int] = []
    again: list[int] = []
    for place, label in zip(order[: 50 * count], labels, strict=False):
        (again if label in met else fresh).append(place)
        met.add(label)
    return (fresh + again)[:count]
