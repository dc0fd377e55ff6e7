"""MNIST: read from a folder, or downloaded with progress and cancel."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import shutil
import urllib.request
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from torch import Tensor

from trainer.files import replacing
from trainer.messages import DataMissingError, UserError
from trainer.places import DATA_VARIABLE, MNIST_FILES, cache_root, data_root, mnist_folder

CHUNK = 1 << 16
TIMEOUT = 20.0  # seconds without a byte


class Cancelled(Exception):  # noqa: N818  not an error
    """The user stopped a download; nothing half-written is left behind."""


def load_mnist(root: Path | None, train: bool) -> tuple[Tensor, Tensor]:
    """Images uint8 [N, 1, 28, 28] and labels int64 [N].

    Raises UserError where the files are missing or damaged.
    """
    from torchvision.datasets.mnist import read_image_file, read_label_file

    folder = mnist_folder(root)
    if folder is None:
        raise DataMissingError(
            f"MNIST is not in {data_root(root)}. Name a folder that holds it with --data or the "
            f"variable {DATA_VARIABLE}, or get it with: python -m trainer download mnist. "
            "The recipe drawn-10 needs no data at all."
        )
    images_name, labels_name = MNIST_FILES[:2] if train else MNIST_FILES[2:]
    images_file, labels_file = _plain(folder, images_name), _plain(folder, labels_name)
    try:
        images = read_image_file(str(images_file)).unsqueeze(1)
        labels = read_label_file(str(labels_file))
    except (OSError, ValueError, TypeError, KeyError, AssertionError, RuntimeError) as error:
        raise UserError(
            f"The MNIST files in {folder} are damaged ({str(error) or 'cut short'}). "
            "Delete them and get them again."
        ) from error
    if images.shape[1:] != (1, 28, 28) or len(images) != len(labels) or not len(images):
        raise UserError(f"The MNIST files in {folder} do not belong together. Get them again.")
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
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """Fetch the four archives into ROOT/MNIST/raw and check them; returns that folder.

    `progress(bytes done, bytes in all)` is called for each chunk. Raises Cancelled, or UserError
    where no mirror answers or a checksum differs.
    """
    from torchvision.datasets import MNIST

    folder = data_root(root) / "MNIST" / "raw"
    sizes = (9_912_422, 28_881, 1_648_877, 4_542)
    total, before = sum(sizes), 0
    for (name, md5), size in zip(MNIST.resources, sizes, strict=True):
        if not _whole(folder / name):
            moved = partial(_moved, progress, before, total)
            _fetch(MNIST.mirrors, name, md5, folder / name, cancelled, moved)
        before += size
        progress(before, total)
    return folder


def _whole(packed: Path) -> bool:
    """Whether an archive is there already and can be unpacked."""
    try:
        with gzip.open(packed) as file:
            while file.read(CHUNK):
                pass
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _moved(progress: Callable[[int, int], None], before: int, total: int, done: int) -> None:
    progress(before + done, total)


def _fetch(
    mirrors: list[str],
    name: str,
    md5: str,
    target: Path,
    cancelled: Callable[[], bool],
    progress: Callable[[int], None],
) -> None:
    causes = []
    for mirror in mirrors:
        if cancelled():
            raise Cancelled
        try:
            with (
                urllib.request.urlopen(mirror + name, timeout=TIMEOUT) as answer,
                replacing(target) as file,
            ):
                digest, done = hashlib.md5(usedforsecurity=False), 0
                while chunk := answer.read(CHUNK):
                    if cancelled():
                        raise Cancelled
                    file.write(chunk)
                    digest.update(chunk)
                    done += len(chunk)
                    progress(done)
                if digest.hexdigest() != md5:
                    raise ValueError("its checksum differs")
            return
        except (OSError, ValueError, http.client.HTTPException) as error:
            causes.append(f"{mirror}: {getattr(error, 'reason', error)}")
    raise UserError(
        f"{name} could not be downloaded ({'; '.join(causes)}). Check the network, or choose a "
        "folder that holds MNIST. The drawn digits need no download."
    )
