"""The user's own images: a folder of images, a folder of class folders, or a .zip of either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.data.preprocessing import Preprocess
from trainer.data.request import OnProgress, Request, unheard
from trainer.data.stores import natural, open_store
from trainer.messages import UserError
from trainer.recipe.specs import DATA_SETS, DataSpec

if TYPE_CHECKING:
    from torch import Tensor

    from trainer.data.dataset import DataSet, Rows


@dataclass(frozen=True, eq=False)
class FolderImages:
    """What a folder held, in natural order ("2" before "10")."""

    images: Tensor  # uint8 [N, C, size, size]
    labels: Tensor  # int64 [N], places in class_names
    class_names: tuple[str, ...]
    problems: tuple[str, ...]  # a sentence for every file that could not be read
    mapped: bool  # whether `images` lie in a file of the cache


def load_folders(request: Request, progress: OnProgress) -> DataSet:
    """The images of a recipe's folder, or of both."""
    from trainer.data.dataset import DataSet

    train, test, classes = _parts(request.images, request, progress)
    first = DataSet(train, test, classes=classes)
    if not request.images_b:
        return first
    other_train, other_test, _ = _parts(request.images_b, request, progress)
    return replace(first, other_train=other_train, other_test=other_test)


def _parts(path: str, request: Request, progress: OnProgress) -> tuple[Rows, Rows, int]:
    """Rows to train on, rows to judge by, the number of classes."""
    from trainer.data.dataset import Rows

    found = read_folder(Path(path), request.size, request.colour, request.pad, progress)
    rows = Rows(found.images, found.labels, mapped=found.mapped)
    test = chosen_for_tests(found.labels)
    return rows.only(~test), rows.only(test), max(1, len(found.class_names))


def read_folder(
    path: Path,
    size: int,
    colour: bool,
    pad: bool = False,
    progress: OnProgress = unheard,
) -> FolderImages:
    """All images in a folder or .zip as uint8 [N, C, size, size], C of 3 if `colour` else 1.

    Every sub-folder with images is a class, in natural order; images without sub-folders are one
    class, named after their folder. Where images lie beside sub-folders, the larger part counts.
    The middle square is cut out, or with `pad` the whole image kept on its border's colour.
    Unreadable files are left out and told in `problems`. They are decoded once and kept in the
    cache for as long as no file changes. What `progress` raises ends the reading.
    Raises UserError where fewer than 16 images can be read, or there are too many.
    """
    import torch

    from trainer.data.decoding import FEWEST, Decoding

    look = Preprocess((size, size, 3 if colour else 1), pad=pad)
    with open_store(path) as store:
        names, labels, class_names = _by_class(store.names(), store.title)
        if len(names) < FEWEST:
            raise UserError(
                f'"{path.name}" holds {len(names)} images; at least {FEWEST} are needed. '
                "Choose a folder or .zip with more PNG or JPEG files."
            )
        decoding = Decoding(store, path, names, look, progress)
        images, kept, problems, mapped = decoding.images()
    return FolderImages(images, torch.tensor(labels)[kept], class_names, problems, mapped)


def _by_class(names: list[str], title: str) -> tuple[list[str], list[int], tuple[str, ...]]:
    """The names that count, sorted by class, the class of each, and what the classes are called."""
    parts = [name.split("/") for name in names]
    # A folder that only wraps the others, as most archives have, says nothing.
    while names and all(len(part) > 1 and part[0] == parts[0][0] for part in parts):
        title = parts[0][0]
        parts = [part[1:] for part in parts]
    inside = [(part[0], name) for part, name in zip(parts, names, strict=True) if len(part) > 1]
    beside = [name for part, name in zip(parts, names, strict=True) if len(part) == 1]
    if len(beside) > len(inside) or not inside:
        return beside, [0] * len(beside), (title,)
    classes = sorted(sorted({folder for folder, _ in inside}), key=natural)
    place = {folder: index for index, folder in enumerate(classes)}
    inside.sort(key=lambda pair: place[pair[0]])  # names of one folder keep their order
    return [name for _, name in inside], [place[folder] for folder, _ in inside], tuple(classes)


def chosen_for_tests(labels: Tensor, seed: int = 0) -> Tensor:
    """Which images are for testing, the others to train on: bool [N], of the classes int64 [N].

    A tenth is for testing, at least 8 and at most 2,000 images, never more than half. Every class
    gives its share, and one image at the least where it has two; the same seed chooses the same.
    """
    import torch

    count = len(labels)
    wanted = min(max(round(0.1 * count), 8), 2000, count // 2)
    turn = torch.empty(count, dtype=torch.float64)  # how early an image is taken, within its class
    generator = torch.Generator().manual_seed(seed)
    for label in sorted(set(labels.tolist())):
        members = (labels == label).nonzero()[:, 0]
        members = members[torch.randperm(len(members), generator=generator)]
        turn[members] = torch.arange(len(members), dtype=torch.float64) / len(members)
        if len(members) == 1:
            turn[members] = 1.0  # the only one is for training
    shuffled = torch.randperm(count, generator=generator)  # decides between equals
    test = torch.zeros(count, dtype=torch.bool)
    test[shuffled[turn[shuffled].argsort(stable=True)][:wanted]] = True
    return test


DATA_SETS.register(
    DataSpec(
        name="folder",
        title="your images",
        load=load_folders,
        own=True,
        class_pair=True,
        shippable=False,
        licence="your own",
    )
)
