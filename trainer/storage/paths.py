"""Where data and what is made of it lie on this computer. No torch here."""

from __future__ import annotations

import itertools
import os
import time
from importlib.resources import files
from pathlib import Path

import platformdirs

APP = "iae-studio"
DATA_VARIABLE = "IAE_STUDIO_DATA"


def data_root(root: Path | None = None) -> Path:
    """The folder of the data sets: the one given, else $IAE_STUDIO_DATA, else the user's own."""
    if root is not None:
        return root
    named = os.environ.get(DATA_VARIABLE)
    return Path(named) if named else Path(platformdirs.user_data_dir(APP)) / "data"


def cache_root() -> Path:
    """The folder of what can be made again: unpacked archives, trained classifiers."""
    return Path(platformdirs.user_cache_dir(APP))


def runs_root() -> Path:
    """The folder of the window's runs."""
    return Path(platformdirs.user_data_dir(APP)) / "runs"


def reproduction_root() -> Path:
    """The folder of the runs of `python -m trainer reproduce`."""
    return Path(platformdirs.user_data_dir(APP)) / "reproduce"


def assets() -> Path:
    """The folder of the assets: the installed package's, or the checkout's."""
    checkout = Path(__file__).parent.parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "assets"
    return Path(str(files("iae_studio_assets")))


def shipped_models() -> dict[str, Path]:
    """The models that came with the program, by the name of their recipe."""
    return {path.stem: path for path in sorted((assets() / "models").glob("*.safetensors"))}


def new_run_folder(name: str) -> Path:
    """An empty folder for a new run, named after its recipe and the time; nobody else's."""
    stem = f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    for count in itertools.count(1):
        folder = runs_root() / (stem if count == 1 else f"{stem}-{count}")
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            continue
    raise AssertionError


MNIST_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


MNIST_FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}  # as torchvision names them
SVHN_FILES = ("train_32x32.mat", "test_32x32.mat")
CELEBA_LISTS = ("list_attr_celeba.txt", "list_eval_partition.txt")
CELEBA_IMAGES = ("img_align_celeba", "img_align_celeba.zip")  # the first that is there counts


def mnist_folder(root: Path | None = None, name: str = "mnist") -> Path | None:
    """The folder that holds all four MNIST files, plain or as .gz; None where there is none.

    `root` may be the root that torchvision expects, its MNIST folder, or the raw folder itself.
    Fashion-MNIST (`name` "fashion-mnist") has the same files: the innermost folder whose name
    says which set it is decides, and a folder that says nothing counts as MNIST.
    """
    base = data_root(root)
    fashion = name == "fashion-mnist"
    named = [folder for folder in (base / "raw", base) if _says_fashion(folder) == fashion]
    for folder in (base / MNIST_FOLDERS[name] / "raw", *named):
        if all((folder / n).is_file() or (folder / f"{n}.gz").is_file() for n in MNIST_FILES):
            return folder
    return None


def _says_fashion(folder: Path) -> bool:
    # Only names near the files: "/home/fashion/..." tells nothing about them.
    near = (part.lower() for part in reversed(folder.absolute().parts[-3:]))
    return next(("fashion" in part for part in near if "fashion" in part or "mnist" in part), False)


def svhn_folder(root: Path | None = None) -> Path | None:
    """The folder that holds both .mat files of SVHN's cropped digits; None where there is none."""
    base = data_root(root)
    for folder in (base, base / "svhn", base / "SVHN"):
        if all((folder / name).is_file() for name in SVHN_FILES):
            return folder
    return None


def celeba_folder(root: Path | None = None) -> Path | None:
    """The folder that holds CelebA's aligned images and both lists; None where there is none.

    `root` may be the root that torchvision expects, or its celeba folder itself.
    """
    base = data_root(root)
    for folder in (base / "celeba", base / "CelebA", base):
        lists = all((folder / name).is_file() for name in CELEBA_LISTS)
        if lists and any((folder / name).exists() for name in CELEBA_IMAGES):
            return folder
    return None


def data_ready(name: str, root: Path | None = None) -> bool:
    """Whether the data set can be used at once, without a download."""
    if name in MNIST_FOLDERS:
        return mnist_folder(root, name) is not None
    if name == "svhn":
        return svhn_folder(root) is not None
    if name == "celeba":
        return celeba_folder(root) is not None
    return True
