"""MNIST and Fashion-MNIST, which share a format: read from a folder, or downloaded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.data.at_hand import folder_of
from trainer.data.downloads import Archive, fetch_archives
from trainer.data.idx_files import read_idx, unpacks
from trainer.data.progress import OnProgress, unheard
from trainer.data.request import Request, by_parts
from trainer.messages import UserError
from trainer.recipe.specs import DATA_SETS, DataSpec
from trainer.storage.files import lies
from trainer.storage.paths import data_root

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
    import torch

    title, folder = DATA_SETS[name].title, folder_of(name, root)
    images_name, labels_name = MNIST_FILES[:2] if train else MNIST_FILES[2:]
    try:
        pixels = read_idx(_file(folder, images_name), (28, 28))
        classes = read_idx(_file(folder, labels_name), ())
    except ValueError as error:
        raise UserError(
            f"The {title} files in {folder} are damaged or cut short: delete them and download "
            "them again."
        ) from error
    images, labels = torch.from_numpy(pixels)[:, None], torch.from_numpy(classes).long()
    if len(images) != len(labels) or not len(images):
        raise UserError(f"The {title} files in {folder} do not belong together. Get them again.")
    if int(labels.max()) >= CLASSES:  # the letters of EMNIST have the same shape
        raise UserError(
            f"The files in {folder} do not belong to {title}: they hold more than {CLASSES} "
            "classes. Get them again."
        )
    return images, labels


def _file(folder: Path, name: str) -> Path:
    """The uncompressed file, or the .gz where there is no other."""
    return folder / name if lies(folder / name) else folder / f"{name}.gz"


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
        # And not the checksum: an archive packed anew serves as well.
        lambda packed, archive: unpacks(packed),
    )


def _published(name: str) -> Any:
    """The class of torchvision that knows the set's mirrors and checksums."""
    from torchvision.datasets import MNIST, FashionMNIST

    return {"mnist": MNIST, "fashion-mnist": FashionMNIST}[name]


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
