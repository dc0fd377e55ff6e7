"""MNIST and Fashion-MNIST, which share a format: read from a folder, or downloaded."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import Tensor

from trainer.data.downloads import CHUNK, Archive, Cancelled, Progress, fetch_archives
from trainer.messages import DataMissingError, UserError
from trainer.storage.files import replacing
from trainer.storage.paths import (
    DATA_VARIABLE,
    MNIST_FILES,
    MNIST_FOLDERS,
    cache_root,
    data_root,
    mnist_folder,
)

__all__ = ["TITLES", "Cancelled", "download_mnist", "load_mnist"]

TITLES = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}
# Bytes of the four archives, in the order of MNIST_FILES.
_SIZES = {
    "mnist": (9_912_422, 28_881, 1_648_877, 4_542),
    "fashion-mnist": (26_421_880, 29_515, 4_422_102, 5_148),
}
CLASSES = 10


def load_mnist(root: Path | None, train: bool, name: str = "mnist") -> tuple[Tensor, Tensor]:
    """Images uint8 [N, 1, 28, 28] and labels int64 [N], 0..9; `name` is one of TITLES.

    Raises UserError where the files are missing or damaged.
    """
    from torchvision.datasets.mnist import read_image_file, read_label_file

    title = TITLES[name]
    folder = mnist_folder(root, name)
    if folder is None:
        raise DataMissingError(
            f"{title} is not in {data_root(root)}. Name a folder that holds it with --data or the "
            f"variable {DATA_VARIABLE}, or get it with: python -m trainer download {name}. "
            "The recipe drawn-10 needs no data at all.",
            data=name,
        )
    images_name, labels_name = MNIST_FILES[:2] if train else MNIST_FILES[2:]
    images_file, labels_file = _plain(folder, images_name), _plain(folder, labels_name)
    try:
        images = read_image_file(str(images_file)).unsqueeze(1)
        labels = read_label_file(str(labels_file))
    except (OSError, ValueError, TypeError, KeyError, AssertionError, RuntimeError) as error:
        raise UserError(
            f"The {title} files in {folder} are damaged ({str(error) or 'cut short'}). "
            "Delete them and get them again."
        ) from error
    if images.shape[1:] != (1, 28, 28) or len(images) != len(labels) or not len(images):
        raise UserError(f"The {title} files in {folder} do not belong together. Get them again.")
    if int(labels.max()) >= CLASSES:  # the letters of EMNIST have the same shape
        raise UserError(
            f"The files in {folder} do not belong to {title}: they hold more than {CLASSES} "
            "classes. Get them again."
        )
    return images, labels


def _plain(folder: Path, name: str) -> Path:
    """The uncompressed file; one that exists as .gz only is unpacked into our own cache."""
    if (folder / name).is_file():
        return folder / name
    packed = folder / f"{name}.gz"
    mark = f"{packed.resolve()} {packed.stat().st_size} {packed.stat().st_mtime_ns}"
    unpacked = cache_root() / "mnist" / hashlib.sha256(mark.encode()).hexdigest()[:16] / name
    if not unpacked.is_file():
        try:
            with gzip.open(packed) as source, replacing(unpacked) as target:
                shutil.copyfileobj(source, target)
        except (OSError, EOFError, zlib.error) as error:
            raise UserError(
                f"{packed} cannot be unpacked ({error}). Get it again, or free some space."
            ) from error
    return unpacked


def download_mnist(
    root: Path | None = None,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
    name: str = "mnist",
) -> Path:
    """Fetch the four archives into ROOT/MNIST/raw (or FashionMNIST/raw); returns that folder.

    `progress(bytes done, bytes in all)` is called for each chunk. Raises Cancelled, or UserError
    where no mirror answers or a checksum differs.
    """
    published = _published(name)
    archives = [
        Archive(file, tuple(mirror + file for mirror in published.mirrors), md5, size)
        for (file, md5), size in zip(published.resources, _SIZES[name], strict=True)
    ]
    return fetch_archives(
        archives,
        data_root(root) / MNIST_FOLDERS[name] / "raw",
        f"choose a folder that holds {TITLES[name]}. The drawn digits need no download.",
        progress,
        cancelled,
        _unpacks,  # and not the checksum: an archive packed anew serves as well
    )


def _published(name: str) -> Any:
    """The class of torchvision that knows the set's mirrors and checksums."""
    from torchvision.datasets import MNIST, FashionMNIST

    return {"mnist": MNIST, "fashion-mnist": FashionMNIST}[name]


def _unpacks(packed: Path, archive: Archive) -> bool:
    """Whether an archive is there already and can be unpacked."""
    try:
        with gzip.open(packed) as file:
            while file.read(CHUNK):
                pass
    except (OSError, EOFError, zlib.error):
        return False
    return True
