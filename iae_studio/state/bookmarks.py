"""What was bookmarked: inputs, sliders, weights and their moment, to be seen again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from iae_studio.state.input_list import MAX_INPUTS
from iae_studio.state.settings_values import (
    MOST_SEED,
    selected_of,
    settings_of,
    values_of,
    values_of_selected,
)
from iae_studio.state.turned import Settings
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import MOST_STEPS
from trainer.storage.checked import all_of, check_format, is_a, mapping, text, whole, wrong

FORMAT = 1
MOST_NAME = 200  # letters
ENDING = ".bookmark.zip"  # of one that is shared


def is_shared(path: Path | str) -> bool:
    """Whether a file is a bookmark of somebody's, by its name: "x.bookmark.zip", or a copy."""
    name = Path(path).name.lower()
    return name.endswith(".zip") and ".bookmark" in name


@dataclass(frozen=True)
class KeptInput:
    """What a bookmark says of one input; how it was seen lies beside, as a picture."""

    name: str
    test: bool = False
    grey_range: str = ""
    place: str = ""  # the user's file
    original: bool = False  # whether what it was made of lies beside too


@dataclass(frozen=True)
class Bookmark:
    """One bookmark, as it lies in its folder."""

    folder: Path
    name: str
    when: str
    recipe: Recipe
    fingerprint: str  # of the weights; empty for the untrained ones of the recipe's seed
    step: int
    settings: Settings
    weights: str = ""  # the file that holds them
    note: str = ""
    inputs: tuple[KeptInput, ...] = ()
    tests: int | None = None  # the seed of the test images
    row: int = -1
    column: int = 0
    thumbnail: bytes = field(default=b"", compare=False, repr=False)  # PNG

    def to_mapping(self) -> dict[str, Any]:
        """For JSON; `bookmark_of` is the inverse."""
        return {
            "format": FORMAT,
            "name": self.name,
            "when": self.when,
            "note": self.note,
            "recipe": self.recipe.to_mapping(),
            "weights": self.weights,
            "fingerprint": self.fingerprint,
            "step": self.step,
            "settings": values_of(self.settings),
            "inputs": [asdict(each) for each in self.inputs],
            "tests": self.tests,
            "selected": values_of_selected(self.row, self.column),
        }

    def called(self, name: str | None, note: str | None) -> Bookmark:
        """The same with another name and note; what is None stays."""
        kept = " ".join((name or "").split())[:MOST_NAME]
        told = self.note if note is None else note.strip()[:4000]
        return replace(self, name=kept or self.name, note=told)


def bookmark_of(values: Mapping[str, Any], folder: Path, thumbnail: bytes = b"") -> Bookmark:
    """The bookmark in a file's object. Raises UserError where one value is not as it should be."""
    check_format(values.get("format"), FORMAT)
    tests = values.get("tests")
    row, column = selected_of(values.get("selected"))
    fingerprint = text(values.get("fingerprint"), "fingerprint")
    if fingerprint and (len(fingerprint) != 64 or not set(fingerprint) <= set("0123456789abcdef")):
        raise wrong("fingerprint")
    return Bookmark(
        folder,
        text(values.get("name"), "name")[:MOST_NAME],
        text(values.get("when"), "when")[:40],
        Recipe.from_mapping(mapping(values.get("recipe"), "recipe")),
        fingerprint,
        whole(values.get("step"), "step", MOST_STEPS),
        settings_of(mapping(values.get("settings"), "settings")),
        text(values.get("weights"), "weights"),
        text(values.get("note"), "note"),
        all_of(values.get("inputs"), "inputs", MAX_INPUTS, _input),
        None if tests is None else whole(tests, "tests", MOST_SEED),
        row,
        column,
        thumbnail,
    )


def _input(value: object, name: str) -> KeptInput:
    values = mapping(value, name)
    return KeptInput(
        text(values.get("name"), name),
        is_a(bool, values.get("test"), name),
        text(values.get("grey_range"), name),
        text(values.get("place"), name),
        is_a(bool, values.get("original"), name),
    )


class Bookmarks(QObject):
    """The bookmarks there are, in the order in which they were made; what is wanted of them."""

    changed = Signal()
    wanted = Signal()  # what is explored now
    openWanted = Signal(object)  # Bookmark
    # Bookmark; its new name and note, either of them None where it stays
    callWanted = Signal(object, object, object)
    deleteWanted = Signal(object)  # Bookmark
    exportWanted = Signal(object)  # Bookmark
    importWanted = Signal(object)  # the files; None: to be asked for
    showWanted = Signal()  # the list, in front

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.all: tuple[Bookmark, ...] = ()

    def set_all(self, bookmarks: Sequence[Bookmark]) -> None:
        """What lies on the disk."""
        self.all = tuple(sorted(bookmarks, key=lambda each: each.folder.name))
        self.changed.emit()

    def put(self, bookmark: Bookmark) -> None:
        """A new one, or another name of one that is there."""
        rest = [each for each in self.all if each.folder != bookmark.folder]
        self.set_all([*rest, bookmark])

    def remove(self, bookmark: Bookmark) -> None:
        """It is deleted."""
        self.set_all([each for each in self.all if each.folder != bookmark.folder])
