"""The user's own images: a folder of images, a folder of class folders, or a .zip of either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from trainer.data.stores import in_threads, natural, open_store
from trainer.images import decode_image
from trainer.messages import Pixels, UserError

FEWEST = 16  # images
MOST_MEMORY = 1 << 33  # bytes of the images as they are kept

Progress = Callable[[int, int], None]  # (images done, images in all)


@dataclass(frozen=True, eq=False)
class FolderImages:
    """What a folder held, in natural order ("2" before "10")."""

    images: Tensor  # uint8 [N, C, size, size]
    labels: Tensor  # int64 [N], places in class_names
    class_names: tuple[str, ...]
    problems: tuple[str, ...]  # a sentence for every file that could not be read


def load_folder(
    path: Path, size: int, colour: bool, pad: bool = False
) -> tuple[Tensor, Tensor, tuple[str, ...]]:
    """As `read_folder`, without the problems: images, labels, class names."""
    found = read_folder(path, size, colour, pad)
    return found.images, found.labels, found.class_names


def read_folder(
    path: Path,
    size: int,
    colour: bool,
    pad: bool = False,
    progress: Progress = lambda done, total: None,
) -> FolderImages:
    """All images in a folder or .zip as uint8 [N, C, size, size], C of 3 if `colour` else 1.

    Every sub-folder with images is a class, in natural order; images without sub-folders are one
    class, named after their folder. Where images lie beside sub-folders, the larger part counts.
    The middle square is cut out, or with `pad` the whole image kept on its border's colour.
    Unreadable files are left out and told in `problems`. What `progress` raises ends the reading.
    Raises UserError where fewer than 16 images can be read, or there are too many.
    """
    with open_store(path) as store:
        names, labels, class_names = _by_class(store.names(), store.title)
        if len(names) < FEWEST:
            raise UserError(
                f'"{path.name}" holds {len(names)} images; at least {FEWEST} are needed. '
                "Choose a folder or .zip with more PNG or JPEG files."
            )
        channels = 3 if colour else 1
        if len(names) * channels * size * size > MOST_MEMORY:
            raise UserError(
                f'"{path.name}" holds {len(names)} images, too many for memory at {size} x {size}. '
                "Choose a smaller size or a smaller folder."
            )
        images = np.empty((len(names), channels, size, size), np.uint8)

        def convert(name: str) -> Pixels | str:
            try:
                return as_square(decode_image(store.read(name), name), size, colour, pad)
            except UserError as error:
                return str(error)

        kept: list[int] = []
        problems: list[str] = []
        for place, image in enumerate(in_threads(convert, names)):
            if isinstance(image, str):
                problems.append(image)
            else:
                images[len(kept)] = image
                kept.append(place)
            progress(place + 1, len(names))
    if len(kept) < FEWEST:
        raise UserError(
            f'Only {len(kept)} images in "{path.name}" can be read; at least {FEWEST} are needed. '
            + " ".join(problems[:3])
        )
    # A view: the places of broken files are never touched, and so cost no memory.
    return FolderImages(
        torch.from_numpy(images[: len(kept)]),
        torch.tensor(labels)[kept],
        class_names,
        tuple(problems),
    )


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


def split_folder(
    images: Tensor, labels: Tensor, seed: int = 0
) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Images and labels to train on, and those to test on; the order within each is kept.

    A tenth is for testing, at least 8 and at most 2,000 images, never more than half. Every class
    gives its share, and one image at the least where it has two; the same seed chooses the same.
    """
    count = len(images)
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
    return (images[~test], labels[~test]), (images[test], labels[test])


def as_square(rgb: Pixels, size: int, colour: bool = True, pad: bool = False) -> Pixels:
    """An image [h, w, 3] as [C, size, size]: its middle square, or the whole on its border's
    colour (the median along the edge)."""
    image = Image.fromarray(rgb)
    if pad and rgb.shape[0] != rgb.shape[1]:
        edge = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
        fill = tuple(int(value) for value in np.median(edge, 0))
        image = ImageOps.pad(image, (size, size), Image.Resampling.LANCZOS, color=fill)
    else:
        image = ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS)
    pixels = np.asarray(image.convert("RGB" if colour else "L")).reshape(size, size, -1)
    return pixels.transpose(2, 0, 1)
