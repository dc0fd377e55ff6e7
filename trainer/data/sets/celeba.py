"""CelebA, aligned faces with attributes: decoded once, then read from a cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from trainer.data.image_files import decode_image
from trainer.data.memory_maps import cache_file, open_map, write_map
from trainer.data.stores import Store, in_threads, open_store
from trainer.messages import DataMissingError, Pixels, UserError
from trainer.storage.paths import (
    CELEBA_IMAGES,
    CELEBA_LISTS,
    DATA_VARIABLE,
    celeba_folder,
    data_root,
)

PAGE = "https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"
ATTRIBUTE = "Male"
WIDTH, HEIGHT = 178, 218  # px, of every aligned image
# The square of 128 px around column 89, row 121, between eyes and mouth, that progressive GANs
# were trained on: left, top, right, bottom.
CROP = (25, 57, 153, 185)
_PARTS = {True: "0", False: "2"}  # of list_eval_partition.txt; 1 is for validation, unused here

Progress = Callable[[int, int], None]  # (images done, images in all)


def load_celeba(
    root: Path | None,
    train: bool,
    size: int,
    attribute: str = ATTRIBUTE,
    progress: Progress = lambda done, total: None,
) -> tuple[Tensor, Tensor]:
    """Images uint8 [N, 3, size, size], and int64 [N]: whether each face has the attribute, 0 or 1.

    The faces are cropped to CROP. The images come from a file mapped into memory, which the first
    call makes in minutes; what `progress` raises then ends it, and leaves nothing behind. Raises
    UserError where files are missing or damaged.
    """
    folder = celeba_folder(root)
    if folder is None:
        raise DataMissingError(
            f"CelebA is not in {data_root(root)}. Get it from {PAGE} and put {CELEBA_IMAGES[1]} "
            f"(or the folder {CELEBA_IMAGES[0]} unpacked from it), {' and '.join(CELEBA_LISTS)} "
            f"into {data_root(root) / 'celeba'}, or name another folder with --data or "
            f"the variable {DATA_VARIABLE}.",
            data="celeba",
        )
    names, labels = _chosen(folder, train, attribute)
    source = next(folder / name for name in CELEBA_IMAGES if (folder / name).exists())
    cache = _cache_file(source, folder / CELEBA_LISTS[1], train, size)
    shape = (len(names), 3, size, size)
    images = open_map(cache, shape)
    if images is None:
        _decode_all(source, names, cache, shape, progress)
        images = open_map(cache, shape)
    if images is None:
        raise UserError(f"{cache} cannot be read. Delete it and try again.")
    return images, labels


def _chosen(folder: Path, train: bool, attribute: str) -> tuple[list[str], Tensor]:
    """The names of the images of one part, and whether they have the attribute: int64 [N]."""
    attributes, partition = (_lines(folder / name) for name in CELEBA_LISTS)
    # The first line tells how many images there are; a web page in its place has no such line.
    told = len(attributes) > 1 and attributes[0].strip().isdecimal()
    known = attributes[1].split() if told else []
    if known and attribute not in known:
        raise UserError(f'CelebA has no attribute "{attribute}". Choose one of {", ".join(known)}.')
    try:
        column = known.index(attribute) + 1
        rows = (line.split() for line in attributes[2:])
        has = {row[0]: {"1": 1, "-1": 0}[row[column]] for row in rows if row}
        pairs = (line.split() for line in partition)
        names = [pair[0] for pair in pairs if pair and pair[1] == _PARTS[train]]
        labels = torch.tensor([has[name] for name in names])
    except (ValueError, KeyError, IndexError) as error:
        raise UserError(
            f"{' or '.join(CELEBA_LISTS)} in {folder} is damaged, or they do not belong together. "
            f"Get both again from {PAGE}."
        ) from error
    if not names:
        raise UserError(
            f"{CELEBA_LISTS[1]} in {folder} names no image for {'training' if train else 'tests'}. "
            f"Get it again from {PAGE}."
        )
    return names, labels


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii").splitlines()
    except (OSError, UnicodeError) as error:
        raise UserError(f"{path} cannot be read ({error}). Get it again from {PAGE}.") from error


def _cache_file(source: Path, partition: Path, train: bool, size: int) -> Path:
    stamps = [f"{path.stat().st_mtime_ns} {path.stat().st_size}" for path in (source, partition)]
    return cache_file("celeba", source, f"{'train' if train else 'test'}-{size}", stamps)


def _decode_all(
    source: Path, names: list[str], cache: Path, shape: tuple[int, ...], progress: Progress
) -> None:
    prefix = f"{CELEBA_IMAGES[0]}/" if source.suffix == ".zip" else ""
    size = shape[-1]
    with open_store(source) as store:

        def face(name: str) -> Pixels:
            return _face(store, prefix + name, size)

        def told(faces: Iterator[Pixels]) -> Iterator[Pixels]:
            for done, pixels in enumerate(faces, start=1):
                yield pixels
                progress(done, len(names))

        try:
            write_map(cache, shape, told(in_threads(face, names)))
        except OSError as error:
            raise UserError(
                f"The decoded faces cannot be kept in {cache.parent} ({error.strerror}). They take "
                f"{np.prod(shape) / 2**30:.1f} GiB: free some space."
            ) from error


def _face(store: Store, name: str, size: int) -> Pixels:
    """One face uint8 [3, size, size]."""
    try:
        rgb = decode_image(store.read(name), name)
    except UserError as error:
        raise UserError(f"CelebA is incomplete: {error} Unpack or get the images again.") from error
    if rgb.shape != (HEIGHT, WIDTH, 3):
        raise UserError(
            f'"{name}" is {rgb.shape[1]} x {rgb.shape[0]} pixels, but all aligned images of CelebA '
            f"are {WIDTH} x {HEIGHT}. Get {CELEBA_IMAGES[1]} from {PAGE}."
        )
    scaled = Image.fromarray(rgb).resize((size, size), Image.Resampling.LANCZOS, box=CROP)
    return np.asarray(scaled).transpose(2, 0, 1)
