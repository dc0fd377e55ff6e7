"""MNIST and Fashion-MNIST, which share a format: read from a folder, or downloaded."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.data.at_hand import folder_of
from trainer.data.downloads import CHUNK, Archive, fetch_archives
from trainer.data.progress import OnProgress, unheard
from trainer.data.request import Request, by_parts
from trainer.messages import UserError
from trainer.recipe.specs import DATA_SETS, DataSpec
from trainer.storage.faults import told
from trainer.storage.files import lies, replacing
from trainer.storage.paths import cache_root, data_root

if TYPE_CHECKING:
    from torch import Tensor

    from trainer.data.dataset import Rows

MNIST_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}  # as torchvision names them
# Bytes of the four archives, in the order of MNIST_FILES.
_SIZES = {
    "mnist": (9_912_422, 28_881, 1_648_877, 4_542),
    "fashion-mnist": (26_421_880, 29_515, 4_422_102, 5_148),
}
CLASSES = 10
CLOTHES = (
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot",
)  # fmt: skip


def mnist_folder(root: Path, name: str = "mnist") -> Path | None:
    """The folder that holds all four MNIST files, plain or as .gz; None where there is none.

    `root` may be the root that torchvision expects, its MNIST folder, or the raw folder itself.
    Fashion-MNIST (`name` "fashion-mnist") has the same files: the innermost folder whose name
    says which set it is decides, and a folder that says nothing counts as MNIST.
    """
    fashion = name == "fashion-mnist"
    named = [folder for folder in (root / "raw", root) if _says_fashion(folder) == fashion]
    for folder in (root / FOLDERS[name] / "raw", *named):
        if all(lies(folder / n) or lies(folder / f"{n}.gz") for n in MNIST_FILES):
            return folder
    return None


def _says_fashion(folder: Path) -> bool:
    # Only names near the files: "/home/fashion/..." tells nothing about them.
    near = (part.lower() for part in reversed(folder.absolute().parts[-3:]))
    return next(("fashion" in part for part in near if "fashion" in part or "mnist" in part), False)


def load_part(request: Request, part: str, progress: OnProgress) -> Rows:
    """Images uint8 [N, 1, 28, 28] and their classes, of "train" or "test"."""
    from trainer.data.dataset import Rows

    return Rows(*load_mnist(request.root, part == "train", request.data))


def load_mnist(root: Path | None, train: bool, name: str = "mnist") -> tuple[Tensor, Tensor]:
    """Images uint8 [N, 1, 28, 28] and labels int64 [N], 0..9; `name` is one of FOLDERS.

    Raises UserError where the files are missing or damaged.
    """
    from torchvision.datasets.mnist import read_image_file, read_label_file

    title, folder = DATA_SETS[name].title, folder_of(name, root)
    images_name, labels_name = MNIST_FILES[:2] if train else MNIST_FILES[2:]
    images_file, labels_file = _plain(folder, images_name), _plain(folder, labels_name)
    try:
        images = read_image_file(str(images_file)).unsqueeze(1)
        labels = read_label_file(str(labels_file))
    except OSError as error:
        raise UserError(told(error, what="cannot be read")) from error
    except (ValueError, TypeError, KeyError, AssertionError, RuntimeError) as error:
        raise UserError(
            f"The {title} files in {folder} are damaged or cut short: delete them and download "
            "them again."
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
    progress: OnProgress = unheard,
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
        data_root(root) / FOLDERS[name] / "raw",
        f"choose a folder that holds {DATA_SETS[name].title}. The drawn digits need no download.",
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


def _spec(name: str, title: str, size: str, licence: str) -> DataSpec:
    return DataSpec(
        name=name,
        title=title,
        load=by_parts(load_part),
        size=28,
        colour=False,
        class_names=CLOTHES if name == "fashion-mnist" else tuple("0123456789"),
        ink=name == "mnist",
        files="the four files train-images-idx3-ubyte and so on, plain or .gz",
        find=partial(mnist_folder, name=name),
        download=lambda root, progress, cancelled: download_mnist(root, progress, cancelled, name),
        download_size=size,
        stand_in="drawn-digits",
        stand_in_recipe="drawn-10",
        licence=licence,
        readable=0.98 if name == "mnist" else 0.8,
    )


DATA_SETS.register(_spec("mnist", "MNIST", "11 MB", "CC BY-SA 3.0"))
DATA_SETS.register(_spec("fashion-mnist", "Fashion-MNIST", "31 MB", "MIT"))
