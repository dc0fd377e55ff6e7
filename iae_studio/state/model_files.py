"""Models as they lie on the disk: those that ship with the program, and run folders. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from trainer.data.amendments import END, Amendments, read_amendments
from trainer.messages import UserError
from trainer.recipe.fingerprint import fingerprint_of
from trainer.recipe.recipe import Recipe
from trainer.recipe.saved import (
    MODEL_SUFFIX,
    Parent,
    read_begun,
    read_meta,
    step_inside,
    text_inside,
)
from trainer.storage.faults import told
from trainer.storage.files import is_missing, lies
from trainer.storage.paths import bookmarks_root, runs_root
from trainer.storage.run_notes import NO_NOTES, RunNotes, read_notes
from trainer.storage.snapshots import FOLDER

STATE_FILE = f"state{MODEL_SUFFIX}"  # of a run: the folder is the model


@dataclass(frozen=True)
class Run:
    """A run folder: its recipe, when it began, and the step of its last checkpoint."""

    path: Path
    recipe: Recipe
    began: str
    step: int
    parent: Parent | None = None
    notes: RunNotes = NO_NOTES
    amendments: Amendments = field(default_factory=Amendments)  # while it trained

    @property
    def title(self) -> str:
        """What the user calls it, else its experiment's title."""
        return self.notes.title or self.recipe.about.title

    @property
    def end(self) -> int:
        """The step at which it ends: the recipe's, or another that was named on the way."""
        return int(self.amendments.values().get(END, self.recipe.schedule.steps))


@dataclass(frozen=True)
class Runs:
    """The runs on this computer, newest first, and why others, by their names, cannot be read."""

    readable: tuple[Run, ...] = ()
    damaged: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""  # why there are none at all

    def __str__(self) -> str:
        """What is said of those that cannot be read; empty where there is none."""
        if not self.damaged:
            return self.problem
        count = len(self.damaged) + len(self.readable)
        names = [f"{name} ({self.damaged[name]})" for name in list(self.damaged)[:1]]
        names += list(self.damaged)[1:MOST_NAMED]
        rest = len(self.damaged) - len(names)
        more = f" and {rest} more" if rest else ""
        runs = "1 run" if count == 1 else f"{len(self.damaged)} of {count} runs"
        return f"{runs} cannot be read: {', '.join(names)}{more}."


MOST_NAMED = 3  # damaged runs in one message


def _assets() -> Path:
    """The folder of the assets: the installed package's, or the checkout's."""
    checkout = Path(__file__).parent.parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "assets"
    return Path(str(files("iae_studio_assets")))


# The models that came with the program, by the name of their recipe. Known once this is imported,
# so that the first view need not wait for a disk.
SHIPPED = {path.stem: path for path in sorted((_assets() / "models").glob(f"*{MODEL_SUFFIX}"))}


def list_runs(root: Path | None = None) -> list[Run]:
    """The runs on this computer, newest first. Damaged ones are left out."""
    return list(find_runs(root).readable)


def find_runs(root: Path | None = None) -> Runs:
    """The runs on this computer, whatever lies among them."""
    found: list[Run] = []
    damaged: dict[str, str] = {}
    place = root or runs_root()
    try:
        folders = sorted(place.iterdir())
    except FileNotFoundError:  # nothing was trained yet
        return Runs()
    except OSError as error:
        return Runs(problem=f"The runs are not there: {told(error, place, 'cannot be read')}")
    except ValueError:  # a NUL, or half a letter
        return Runs(problem=f"The runs are not there: {str(place)!a} is no path.")
    for folder in folders:
        try:
            found += runs_in(folder)
        except UserError as error:
            damaged[folder.name] = str(error).replace(f"{folder}/", "").rstrip(".")
    found.sort(key=lambda run: run.began, reverse=True)
    return Runs(tuple(found), damaged)


def runs_in(folder: Path) -> Iterator[Run]:
    """The run that a folder is; nothing where it is none. Raises UserError where it is damaged."""
    parts = [folder / "recipe.json", folder / STATE_FILE]
    if all(is_missing(part) for part in parts):
        return
    begun = read_begun(folder)
    if not begun.when:
        raise UserError("recipe.json is damaged: it does not tell when the run began.")
    step, notes = _step(folder), read_notes(folder)
    amended = Amendments()
    with suppress(UserError):  # which is told where the run goes on
        amended = read_amendments(folder)
    yield Run(folder, begun.recipe, begun.when, step, begun.parent, notes, amended)


def _step(folder: Path) -> int:
    file = folder / STATE_FILE
    return 0 if is_missing(file) else step_inside(text_inside(file), file)


def is_model(path: Path) -> bool:
    """Whether a path is a model file or a run folder, and no image."""
    parts = (path / "recipe.json", path / STATE_FILE)
    return path.suffix.lower() == MODEL_SUFFIX or any(map(lies, parts))


def model_recipe(path: Path) -> Recipe:
    """The recipe of a run folder or a model file. Raises UserError where there is none."""
    try:
        if path.is_dir():
            recipe = read_begun(path).recipe
            if is_missing(path / STATE_FILE):
                raise UserError(
                    f"{path} holds no weights ({STATE_FILE} is missing): copy the whole folder."
                )
            _step(path)  # or a damaged state is told
            return recipe
        return read_meta(path).recipe
    except OSError as error:
        raise UserError(told(error, path, "cannot be read")) from error


def find_weights(fingerprint: str, likely: Path | None = None) -> Path | None:
    """The model file of exactly these weights on this computer; None where there is none.

    Looked for where they are `likely`, then among the shipped models, what bookmarks brought, and
    the moments of all runs. Reads files.
    """
    if not fingerprint:
        return None
    for path in _known_files(likely):
        with suppress(UserError, OSError, ValueError):
            if fingerprint_of(path) == fingerprint:
                return path
    return None


def _known_files(likely: Path | None) -> Iterator[Path]:
    if likely is not None:
        yield likely
    yield from SHIPPED.values()
    with suppress(OSError, ValueError):
        found = bookmarks_root().glob(f"*/*{MODEL_SUFFIX}")
        yield from sorted(path for path in found if not path.parent.name.startswith("."))
    with suppress(OSError, ValueError):
        yield from sorted(runs_root().glob(f"*/{FOLDER}/*{MODEL_SUFFIX}"), reverse=True)
