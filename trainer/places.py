"""Where data and what is made of it lie on this computer. No torch here."""

from __future__ import annotations

import os
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
    """The folder of what can be made again: unpacked archives, trained judges."""
    return Path(platformdirs.user_cache_dir(APP))


def runs_root() -> Path:
    """The folder of the window's runs."""
    return Path(platformdirs.user_data_dir(APP)) / "runs"


MNIST_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def mnist_folder(root: Path | None = None) -> Path | None:
    """The folder that holds all four MNIST files, plain or as .gz; None where there is none.

    `root` may be the root that torchvision expects, its MNIST folder, or the raw folder itself.
    """
    base = data_root(root)
    for folder in (base / "MNIST" / "raw", base / "raw", base):
        if all((folder / n).is_file() or (folder / f"{n}.gz").is_file() for n in MNIST_FILES):
            return folder
    return None


def data_ready(name: str, root: Path | None = None) -> bool:
    """Whether the data set can be used at once, without a download."""
    return name != "mnist" or mnist_folder(root) is not None
