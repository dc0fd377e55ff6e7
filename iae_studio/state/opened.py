"""What came of a drop: inputs, what could not be read, and folders that might be trained on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from iae_studio.state.input_list import Input
from trainer.recipe.recipe import Recipe

NAMED = 5  # files, in one sentence


@dataclass(frozen=True)
class Unread:
    """A file that is not shown, and the sentence that says why, in which it is named."""

    name: str
    told: str
    damaged: bool = True  # or there is nothing on it to be seen
    place: str = ""  # its path, or its name in the store

    @property
    def why(self) -> str:
        """The same for all files of one fault."""
        return self.told.replace(self.name, "", 1)


def in_short(unread: Iterable[Unread]) -> str:
    """A sentence for each fault, and the names of all that have it, as far as there is room."""
    faults: dict[str, list[Unread]] = {}
    for each in unread:
        faults.setdefault(each.why, []).append(each)
    return " ".join(map(_sentence, faults.values()))


def _sentence(these: list[Unread]) -> str:
    first, *others = these
    if others and not first.damaged:  # of photos it may be many, and nothing is wrong with them
        return f"{len(these):,} images show no ink, and are not shown."
    if not others:
        return first.told
    named = [each.name for each in others[: NAMED - 1]]
    rest = len(others) - len(named)
    more = f"{', '.join(named)} and {rest:,} more" if rest else " and ".join(_listed(named))
    return f"{first.told} The same goes for {more}."


def _listed(names: list[str]) -> list[str]:
    return [", ".join(names[:-1]), names[-1]] if len(names) > 1 else names


@dataclass(frozen=True, eq=False)
class Opened:
    """What came of files or a picture; the folders and .zip files among them are still to be seen.

    `problems` are about no file alone, `notes` about nothing that is wrong.
    """

    inputs: tuple[Input, ...] = ()
    problems: tuple[str, ...] = ()
    model: tuple[Recipe, Path] | None = None
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    holders: tuple[Path, ...] = ()  # folders and .zip files, which may be trained on
    bookmarks: tuple[Path, ...] = ()  # that others exported, to be taken in
    carried: object | None = None  # of a picture that shows again what it was made of: Restorable

    @property
    def told(self) -> str:
        """What must be said; empty where all went well."""
        return " ".join(filter(None, (*self.problems, in_short(self.unread), *self.notes)))

    @property
    def faulty(self) -> bool:
        """Whether something is wrong."""
        return bool(self.problems or self.unread)


@dataclass(frozen=True, eq=False)
class Looked:
    """What folders and .zip files hold, and some of their images where none is shown yet."""

    told: str = ""
    faulty: bool = False
    to_train_on: tuple[str, ...] = ()  # one of them, or one for each domain
    inputs: tuple[Input, ...] = ()
    unread: tuple[Unread, ...] = ()
