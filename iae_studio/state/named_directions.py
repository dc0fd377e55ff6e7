"""Directions that a user gave a name: kept between starts, by the recipe they belong to."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from iae_studio.state.submit import Submit
from trainer.messages import UserError
from trainer.storage.files import is_missing, make_folder, read_object, write_bytes
from trainer.storage.paths import session_root

FILE, ASIDE = "directions.json", "directions.damaged.json"
FORMAT = 1
MOST_BYTES = 1 << 22
MOST_RECIPES, MOST_NAMED, MOST_NUMBERS, MOST_NUMBER = 1000, 32, 4096, 1e4
MOST_LETTERS = 40  # of a name

Side = Literal["code", "noise"]
Axis = tuple[float, ...]
log = logging.getLogger("iae-studio")


@dataclass(frozen=True)
class Named:
    """A direction of the code or of the noise, and what it is called."""

    name: str
    side: Side
    axis: Axis


Kept = dict[str, tuple[Named, ...]]  # by the recipe's name


class NamedDirections(QObject):
    """The names for the displayed recipe; read and written by `submit`, on a thread."""

    changed = Signal()

    def __init__(
        self, displayed: Displayed, submit: Submit | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._displayed, self._submit = displayed, submit
        self._kept: Kept = {}
        if submit is not None:
            submit(read_names, then=self._add_kept)

    def of(self, side: Side, size: int) -> list[Named]:
        """Those of the code, or of the noise, that are vectors of this size."""
        known = self._kept.get(self._displayed.recipe.name, ())
        return [each for each in known if each.side == side and len(each.axis) == size]

    def name_of(self, side: Side, axis: Axis) -> str:
        """What a direction is called; empty where it has no name."""
        return next((each.name for each in self.of(side, len(axis)) if each.axis == axis), "")

    def give(self, side: Side, axis: Axis, name: str) -> None:
        """Call a direction so; an empty name takes its name away."""
        recipe, name = self._displayed.recipe.name, " ".join(name.split())[:MOST_LETTERS]
        known = self._kept.get(recipe, ())
        rest = tuple(each for each in known if (each.side, each.axis) != (side, axis))
        fresh = Named(name, side, axis)
        if name:
            place = next((k for k, each in enumerate(known) if each not in rest), len(rest))
            rest = (*rest[:place], fresh, *rest[place:])[-MOST_NAMED:]
        if rest != known:
            self._kept[recipe] = rest
            self.changed.emit()
            if self._submit is not None:
                kept = dict(self._kept)
                self._submit(lambda: write_names(kept), newest="named directions")

    def _add_kept(self, read: Kept) -> None:
        """What was kept; what was named since then stays."""
        for recipe, names in read.items():
            fresh = self._kept.get(recipe, ())
            taken = {(each.side, each.axis) for each in fresh}
            older = tuple(each for each in names if (each.side, each.axis) not in taken)
            self._kept[recipe] = (*older, *fresh)[-MOST_NAMED:]
        if read:
            self.changed.emit()


# ---- the file, on a thread -----------------------------------------------------------------------


def read_names(folder: Path | None = None) -> Kept:
    """The names that were kept; a file that is damaged, or not ours, is set aside."""
    folder = folder or session_root()
    file = folder / FILE
    if is_missing(file):
        return {}
    try:
        return parsed(read_object(file, MOST_BYTES))
    except UserError as error:
        log.info("The names of directions are not read. %s", error)
        with suppress(OSError):
            file.replace(folder / ASIDE)
        return {}


def write_names(kept: Kept, folder: Path | None = None) -> None:
    """Keep the names. A disk that refuses costs them, and nothing else."""
    folder = folder or session_root()
    names = {recipe: [asdict(each) for each in names] for recipe, names in kept.items() if names}
    try:
        make_folder(folder)
        write_bytes(folder / FILE, json.dumps({"format": FORMAT, "names": names}).encode())
    except (OSError, UserError) as error:
        log.info("The names of directions cannot be kept: %s", error)


def parsed(values: Mapping[str, Any]) -> Kept:
    """The names in a file's object. Raises UserError where one value is not as it should be."""
    names = values.get("names")
    if values.get("format") != FORMAT or not isinstance(names, dict) or len(names) > MOST_RECIPES:
        raise UserError("The file of named directions is of another version, or damaged.")
    return {str(recipe): _several(each) for recipe, each in names.items()}


def _several(values: object) -> tuple[Named, ...]:
    if not isinstance(values, list) or len(values) > MOST_NAMED:
        raise UserError("The file of named directions is damaged.")
    return tuple(map(_one, values))


def _one(value: object) -> Named:
    values: Mapping[str, Any] = value if isinstance(value, dict) else {}
    name, side, axis = (values.get(key) for key in ("name", "side", "axis"))
    right = (
        isinstance(name, str)
        and 0 < len(name) <= MOST_LETTERS
        and side in ("code", "noise")
        and isinstance(axis, list)
        and 0 < len(axis) <= MOST_NUMBERS
        and all(map(_is_number, axis))
    )
    if not right:
        raise UserError("The file of named directions is damaged.")
    assert isinstance(name, str) and isinstance(axis, list)
    made = Named(name, "code", tuple(map(float, axis)))
    return made if side == "code" else replace(made, side="noise")


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= MOST_NUMBER  # neither is what is no number
