"""The own images that a run was trained on, by their contents: a list that the run keeps. No torch.

RUN/images.json has a sentence on each folder, the names of its images, and which were trained on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.data.folders.stores import Store, open_store
from trainer.data.progress import OnProgress, unheard
from trainer.data.run_files import read_run_file
from trainer.messages import DataMissingError, UserError
from trainer.recipe.migration import brief

FILE = "images.json"
FORMAT = 1
MOST = 1 << 27  # bytes: of two million images
LOOKED_AT = 64  # images that tell whether a folder is the one that was trained on
ENOUGH = 0.5  # of them must be there
NAMESAKES = 8  # files of one name that are looked at


def content_of(data: bytes) -> int:
    """What a file is known by, whatever it is called and wherever it lies: 64 bits, signed."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True, eq=False)
class Folder:
    """One folder that was trained on: where it lay, what was told of it, its images' contents."""

    path: str
    told: str
    contents: Mapping[str, int]  # by name
    labels: tuple[int, ...] = ()  # of each; places in `class_names`
    class_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class TrainedOn:
    """Contents, by their hashes, that a run has trained on, and that it kept for testing."""

    trained: frozenset[int] = frozenset()
    tests: frozenset[int] = frozenset()
    # A run of a version that kept no list: its images were split by their order.
    unlisted: bool = False

    @property
    def parts(self) -> tuple[frozenset[int], frozenset[int]]:
        """What was trained on, and what was not."""
        return self.trained, self.tests - self.trained

    def check_against(self, listed: ImageList) -> None:
        """Raises DataMissingError where most of it is not among the images that are there now.

        Files that were saved anew are other files: nobody could say which were trained on.
        """
        there = [value for folder in listed.folders for value in folder.contents.values()]
        check_there(self.trained | self.tests, there, listed.folders[0].path)

    def joined(self, later: TrainedOn) -> TrainedOn:
        """With what it trained on later: nothing that was ever trained on is a test again."""
        trained = self.trained | later.trained
        return TrainedOn(trained, (self.tests | later.tests) - trained)


@dataclass(frozen=True, eq=False)
class ImageList:
    """What `FILE` holds."""

    folders: tuple[Folder, ...]
    trained_on: TrainedOn

    def to_json(self) -> bytes:
        """The file's contents; `read_list` is the inverse."""
        content = {
            "format": FORMAT,
            "folders": [
                {
                    "path": each.path,
                    "told": each.told,
                    "images": dict(each.contents),
                    "labels": list(each.labels),
                    "classes": list(each.class_names),
                }
                for each in self.folders
            ],
            "trained": sorted(self.trained_on.trained),
            "tests": sorted(self.trained_on.tests),
        }
        return json.dumps(content, indent=0).encode()


def read_list(run: Path) -> ImageList | None:
    """The list of a run folder; None where it has none. Raises UserError where it is damaged."""
    limits = FORMAT, MOST
    return read_run_file(run / FILE, limits, _parsed, "a list of images", _unusable)


def _unusable(file: Path, why: str) -> UserError:
    return UserError(
        f"{file}, which says what the run was trained on, cannot be read ({why}). "
        "Copy it back from a backup, or begin a new run."
    )


def _parsed(content: Any) -> ImageList:
    folders = tuple(
        Folder(
            str(each["path"]),
            str(each["told"]),
            {str(name): _whole(value) for name, value in each["images"].items()},
            tuple(map(_whole, each.get("labels", ()))),
            tuple(map(str, each.get("classes", ()))),
        )
        for each in content["folders"]
    )
    trained, tests = (frozenset(map(_whole, content[key])) for key in ("trained", "tests"))
    return ImageList(folders, TrainedOn(trained, tests))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(1 << 63) <= value < 1 << 63:
        raise ValueError(f"{brief(value)} is no hash")
    return value


def check_still_there(was: Folder, now: Folder) -> None:
    """Raises DataMissingError where most of what a run was trained on is not in its folder now."""
    check_there(was.contents.values(), now.contents.values(), now.path)


def check_there(known: Collection[int], contents: Collection[int], path: str) -> None:
    """The same of contents, and those that are in a folder now."""
    wanted = set(known)
    there = len(wanted & set(contents))
    if there < ENOUGH * len(wanted):
        raise DataMissingError(
            f'"{path}" holds other images than those that the run was trained on: of '
            f"{len(wanted)}, {there} are there. Choose the folder that they are in now, or begin "
            "a new run on these.",
            path=path,
        )


def check_classes(was: Folder, now: Folder) -> None:
    """Raises UserError where what was one class is another now, by a renamed folder say."""
    before, after = (
        dict(zip(each.contents.values(), each.labels, strict=False)) for each in (was, now)
    )
    both = before.keys() & after.keys()
    if 2 * sum(before[each] != after[each] for each in both) > len(both):
        raise UserError(
            f'The classes of "{now.path}" were {", ".join(was.class_names)}, in this order, and '
            f"are {', '.join(now.class_names)} now. Name the folders as they were, or begin a new "
            "run."
        )


def check_same(folder: Folder, path: Path, progress: OnProgress = unheard) -> None:
    """Raises UserError where `path` does not hold the images of a folder that was trained on.

    Some of them are looked for by name and compared by content; half of these must be there.
    """
    known = list(folder.contents.items())
    some = known[:: max(1, len(known) // LOOKED_AT)][:LOOKED_AT]
    with open_store(path) as store:
        files, _ = store.files(progress)
        same = sum(_is_among(store, files, name, content) for name, content in some)
    if same < ENOUGH * len(some):
        raise UserError(
            f'"{path}" is not the folder that the run was trained on: of {len(some)} of its images '
            f"that were looked for, {same} are there. Choose the folder that "
            f'"{Path(folder.path).name}" has become, or begin a new run on this one.'
        )


def _is_among(store: Store, files: list[str], name: str, content: int) -> bool:
    """Whether a file has this content, by its own path or, of a packed folder, the end of it."""
    last = name.rpartition("/")[2]
    named = [file for file in files if file.rpartition("/")[2] == last]
    named.sort(key=lambda file: not f"/{file}".endswith(f"/{name}"))
    for file in named[:NAMESAKES]:
        try:
            if content_of(store.read(file)) == content:
                return True
        except UserError:
            continue
    return False
