"""Whether a data set is on this computer, and what to do where it is not. No torch."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from trainer.messages import DataMissingError
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS, DataSpec
from trainer.storage.faults import told
from trainer.storage.paths import DATA_VARIABLE, data_root


def data_ready(name: str, root: Path | None = None) -> bool:
    """Whether the data set can be used at once, without a download."""
    spec = DATA_SETS[name]
    return spec.find is None or _found(spec, data_root(root)) is not None


def with_data_at_hand(recipe: Recipe, root: Path | None) -> Recipe:
    """The recipe, or the same on drawn data where its own is not at hand."""
    stand_in = DATA_SETS[recipe.data.name].stand_in
    if not stand_in or data_ready(recipe.data.name, root):
        return recipe
    return recipe.but(data=stand_in)


def why_unreadable(root: Path) -> str:
    """Why nobody can look into a folder; empty where one can, or where there is none."""
    try:
        with os.scandir(root):
            return ""
    except FileNotFoundError:
        return ""
    except OSError as error:
        return told(error, root, "cannot be read")
    except ValueError as error:  # a name that no folder can have
        return f"{str(root)!r} is no folder ({error}). Choose another."


def _found(spec: DataSpec, root: Path) -> Path | None:
    """The folder of a set's files; one that cannot be read holds none."""
    if spec.find is None:
        return root
    try:
        return spec.find(root)
    except (OSError, ValueError):
        return None


def folder_of(name: str, root: Path | None = None) -> Path:
    """The folder that holds the data set's files. Raises DataMissingError, with the way out."""
    spec = DATA_SETS[name]
    folder = _found(spec, data_root(root))
    if folder is None:
        raise DataMissingError(_way_out(spec, data_root(root)), data=name)
    return folder


def _way_out(spec: DataSpec, root: Path) -> str:
    holds = "it" if spec.page else spec.files or "it"
    way = f"Name a folder that holds {holds} with --data or the variable {DATA_VARIABLE}"
    if spec.download:
        way += f", or get it with: python -m trainer download {spec.name}"
    elif spec.page:
        way = f"Get it from {spec.page} and put {spec.files} into {root / spec.name}. {way}"
    if spec.stand_in_recipe:
        way += f". The recipe {spec.stand_in_recipe} needs no data at all"
    why = why_unreadable(root)
    return f"{spec.title} is not in {root}. {f'{why} ' if why else ''}{way}."


def state_of_files(name: str, root: Path) -> str:
    """Another text where a file in a data set's folder is another one."""
    found = []
    for path in sorted(folder_of(name, root).iterdir()):
        with suppress(OSError):  # a link to nothing is no file
            told = path.stat()
            found.append(f"{path.name} {told.st_size} {told.st_mtime_ns}")
    return " ".join(found)
