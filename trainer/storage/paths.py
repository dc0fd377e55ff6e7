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
