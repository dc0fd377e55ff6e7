"""The data sets, by the name a recipe gives them. A new set is one entry here and one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock

import torch
from torch import Tensor

from trainer.data.cached import kept
from trainer.data.dataset import DataSet, Rows, labelled_rows
from trainer.data.decoding import Progress
from trainer.data.edge_detection import find_edges
from trainer.data.sets import drawn_faces as faces
from trainer.data.sets import drawn_numbers as numbers
from trainer.data.sets import drawn_shoes as shoes
from trainer.data.sets.celeba import load_celeba
from trainer.data.sets.drawn_digits import draw_digits
from trainer.data.sets.folder import chosen_for_tests, read_folder
from trainer.data.sets.mnist import load_mnist
from trainer.data.sets.points import four_points, mixture_of_gaussians
from trainer.data.sets.svhn import load_svhn
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import data_root

# "few" is the beginning of "test", drawn at once.
DRAWN_SEEDS = {"train": 1, "test": 2, "few": 2}
DRAWN_COUNTS = {"train": 20_000, "test": 4_000, "few": 400}


@dataclass(frozen=True)
class Wanted:
    """What of a recipe decides its data; two recipes that want the same share it in memory."""

    data: str
    size: int
    colour: bool
    images: str
    images_b: str
    pad: bool
    second: str
    translates: bool

    @classmethod
    def by(cls, recipe: Recipe) -> Wanted:
        return cls(**{f.name: getattr(recipe, f.name) for f in fields(cls)})


# ---- loaders: wanted, root, "train" or "test" -> Rows ------------------------------------------


def _channels_first(images: Tensor) -> Tensor:
    return images.permute(0, 3, 1, 2).contiguous()


def _drawn_digits(wanted: Wanted, root: Path, part: str) -> Rows:
    drawn = draw_digits(DRAWN_COUNTS[part], DRAWN_SEEDS[part])
    return Rows(_channels_first(drawn.images), drawn.labels, drawn.factors)


def _drawn_numbers(wanted: Wanted, root: Path, part: str) -> Rows:
    what = DRAWN_COUNTS[part], DRAWN_SEEDS[part], wanted.size

    def draw() -> Rows:
        drawn = numbers.draw_numbers(*what)
        return Rows(_channels_first(drawn.images), drawn.labels, drawn.factors)

    return kept(numbers, draw, *what)


def _drawn_shoes(wanted: Wanted, root: Path, part: str) -> Rows:
    what = DRAWN_COUNTS[part] // 2, DRAWN_SEEDS[part], wanted.size

    def draw() -> Rows:
        drawn = shoes.draw_shoes(*what)
        edges = _channels_first(drawn.edges)
        return Rows(_channels_first(drawn.images), drawn.labels, drawn.factors, edges)

    return kept(shoes, draw, *what)


def _drawn_faces(wanted: Wanted, root: Path, part: str) -> Rows:
    what = DRAWN_COUNTS[part] // 2, DRAWN_SEEDS[part], wanted.size

    def draw() -> Rows:
        drawn = faces.draw_faces(*what)
        return Rows(_channels_first(drawn.images), drawn.labels, drawn.factors)

    return kept(faces, draw, *what)


def _mnist(wanted: Wanted, root: Path, part: str) -> Rows:
    return Rows(*load_mnist(root, part == "train", wanted.data))


def _svhn(wanted: Wanted, root: Path, part: str) -> Rows:
    return Rows(*load_svhn(root, part == "train"))


def _celeba(wanted: Wanted, root: Path, part: str) -> Rows:
    return Rows(*load_celeba(root, part == "train", wanted.size, progress=_told[0]), mapped=True)


def _points(wanted: Wanted, root: Path, part: str) -> Rows:
    draw = mixture_of_gaussians if wanted.data == "mog" else four_points
    return Rows(*draw(50_000, 1) if part == "train" else draw(10_000, 2))


LOADERS: dict[str, Callable[[Wanted, Path, str], Rows]] = {
    "drawn-digits": _drawn_digits,
    "drawn-numbers": _drawn_numbers,
    "drawn-shoes": _drawn_shoes,
    "drawn-faces": _drawn_faces,
    "mnist": _mnist,
    "fashion-mnist": _mnist,
    "svhn": _svhn,
    "celeba": _celeba,
    "mog": _points,
    "four-points": _points,
}
DRAWN = tuple(name for name in LOADERS if name.startswith("drawn-"))
NEED_ROOT = ("mnist", "fashion-mnist", "svhn", "celeba")


def load_data(
    recipe: Recipe, root: Path | None = None, progress: Progress = lambda done, total: None
) -> DataSet:
    """The recipe's data. What `progress` raises ends the loading.

    Raises UserError, with the way out, where they are not at hand.
    """
    wanted = Wanted.by(recipe)
    # What our own code makes is the same for every root, and made once.
    where = data_root(root) if recipe.data.name in NEED_ROOT else Path()
    while not _loading.acquire(timeout=0.1):  # the second thread finds what the first one loaded
        progress(0, 0)
    try:
        _told[:] = [progress]
        whole = _load(wanted, where)
        return _held_out(whole, recipe.data.hold_out) if recipe.data.hold_out else whole
    finally:
        _loading.release()


_loading = Lock()
_told: list[Progress] = [lambda done, total: None]  # of the loading that holds the lock


@lru_cache(maxsize=2)  # several threads of a window ask for the same one
def _load(wanted: Wanted, root: Path) -> DataSet:
    if wanted.data == "folder":
        return _own_images(wanted)
    train, test = (LOADERS[wanted.data](wanted, root, part) for part in ("train", "test"))
    whole = DataSet(train, test, classes=int(train.labels.max()) + 1)
    return _two_domains(whole, wanted) if wanted.translates else whole


@lru_cache(maxsize=2)
def _held_out(whole: DataSet, count: int) -> DataSet:
    """`count` training rows (of either domain) in the test rows' place: a validation split, so that

    no setting is chosen by looking at the test set. Always the same ones, of all classes.
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


def _own_images(wanted: Wanted) -> DataSet:
    train, test, classes = _folder(wanted.images, wanted)
    first = DataSet(train, test, classes=classes)
    if not wanted.images_b:
        return _two_domains(first, wanted) if wanted.translates else first
    other_train, other_test, _ = _folder(wanted.images_b, wanted)
    return replace(first, other_train=other_train, other_test=other_test)


def _folder(path: str, wanted: Wanted) -> tuple[Rows, Rows, int]:
    """Rows to train on, rows to judge by, the number of classes."""
    found = read_folder(Path(path), wanted.size, wanted.colour, wanted.pad, _told[0])
    rows = Rows(found.images, found.labels, mapped=found.mapped)
    test = chosen_for_tests(found.labels)
    return rows.only(~test), rows.only(test), max(1, len(found.class_names))


def _two_domains(whole: DataSet, wanted: Wanted) -> DataSet:
    """The second domain from the first: its edges, of the other half; or its second class."""
    (train, other_train), (test, other_test) = (
        _split(rows, wanted) for rows in (whole.train, whole.test)
    )
    return DataSet(train, test, other_train, other_test, whole.classes)


def _split(rows: Rows, wanted: Wanted) -> tuple[Rows, Rows]:
    if wanted.second == "class":
        if rows.labels.unique().tolist() != [0, 1]:
            raise UserError(
                f"{wanted.images or wanted.data} does not hold two classes to translate between: "
                "give a folder with two class folders, or a second one with --images-b."
            )
        return rows.only(rows.labels == 0), rows.only(rows.labels == 1)
    # Unpaired: no image has its own edges in the other domain.
    half = torch.arange(len(rows)) % 2 == 0
    first, second = rows.only(half), rows.only(~half)
    edges = second.edges if second.edges is not None else find_edges(second.images)
    return first, replace(second, images=edges, mapped=False)


def some_test_images(
    recipe: Recipe,
    root: Path | None,
    count: int,
    seed: int,
    progress: Progress = lambda done, total: None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Test images uint8 [N, C, H, W] chosen by a seed, their labels, their places in the set.

    Of different classes as far as there are enough.
    """
    few = recipe.data.name in DRAWN and not recipe.data.hold_out
    test = _few(Wanted.by(recipe)) if few else load_data(recipe, root, progress).test
    order = torch.randperm(len(test), generator=torch.Generator().manual_seed(seed))
    index = torch.tensor(_varied(order.tolist(), test.labels[order].tolist(), count))
    return test.images[index], test.labels[index], index


def _few(wanted: Wanted) -> Rows:
    few = LOADERS[wanted.data](wanted, Path(), "few")
    return _split(few, wanted)[0] if wanted.translates else few


def _varied(order: list[int], labels: list[int], count: int) -> list[int]:
    """The first `count` of an order, those whose class came up already last."""
    met: set[int] = set()
    fresh: list[int] = []
    again: list[int] = []
    for place, label in zip(order[: 50 * count], labels, strict=False):
        (again if label in met else fresh).append(place)
        met.add(label)
    return (fresh + again)[:count]


__all__ = ["DRAWN", "DataSet", "Rows", "labelled_rows", "load_data", "some_test_images"]
