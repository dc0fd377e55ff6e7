"""Where data and what is made of it lie on this computer. No torch here."""

from __future__ import annotations

import itertools
import os
import time
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote_to_bytes

import platformdirs

from trainer.messages import UserError
from trainer.storage.faults import in_words, told
from trainer.storage.names import check_name

CHECKOUT = Path(__file__).parent.parent.parent  # or what stands in its place
APP = "iae-studio"
DATA_VARIABLE = "IAE_STUDIO_DATA"


_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u2018", "\u2019"))


def typed_path(text: str | os.PathLike[str]) -> Path:
    """The path that somebody typed or pasted: in quotes, with `~`, as file://, with blanks around.

    One that exists as it stands is taken as it is. Raises UserError for what can be no path.
    """
    words = os.fspath(text)
    if "\0" in words:
        raise UserError(f"{words!r} is no path: it holds a NUL character. Name another.")
    try:
        os.fsencode(words)
    except UnicodeEncodeError as error:
        raise UserError(f"{words!a} is no path: it holds half a letter. Name another.") from error
    if os.path.lexists(words):
        return Path(words)
    words = words.strip()
    for first, last in _QUOTES:
        if len(words) > 2 and words[0] == first and words[-1] == last:
            words = words[1:-1].strip()
    if words.lower().startswith("file:"):
        words = _path_of_address(words)
    try:
        return Path(words).expanduser()
    except RuntimeError:  # there is no such user: a name like any other
        return Path(words)


def full_path(path: Path) -> Path:
    """From the root, without links; of links that lead to each other as far as it goes."""
    return Path(os.path.realpath(path))  # pathlib raises RuntimeError over those


def _path_of_address(address: str) -> str:
    """What file:///home/me/my%20photos names."""
    rest = address[len("file:") :]
    if rest.startswith("//"):
        host, slash, rest = rest[2:].partition("/")
        if host not in ("", "localhost"):
            raise UserError(f"{address} lies on another computer: name a file on this one.")
        rest = slash + rest
    path = os.fsdecode(unquote_to_bytes(os.fsencode(rest)))
    if "\0" in path:
        raise UserError(f"{address} is no path: it holds a NUL character. Name another.")
    return path[1:] if os.name == "nt" and path[2:3] == ":" else path


def data_root(root: Path | None = None) -> Path:
    """The folder of the data sets: the one given, else $IAE_STUDIO_DATA, else the user's own."""
    if root is not None:
        return root
    named = os.environ.get(DATA_VARIABLE)
    return typed_path(named) if named else Path(platformdirs.user_data_dir(APP)) / "data"


def cache_root() -> Path:
    """The folder of what can be made again: images as networks see them, trained classifiers."""
    return Path(platformdirs.user_cache_dir(APP))


def runs_root() -> Path:
    """The folder of the window's runs."""
    return Path(platformdirs.user_data_dir(APP)) / "runs"


def logs_root() -> Path:
    """The folder of the window's log, and of what it left when it crashed."""
    return Path(platformdirs.user_log_dir(APP))


def session_root() -> Path:
    """The folder of what was explored last, for the next start of the window."""
    return Path(platformdirs.user_state_dir(APP)) / "session"


def bookmarks_root() -> Path:
    """The folder of the window's bookmarks."""
    return Path(platformdirs.user_data_dir(APP)) / "bookmarks"


def queue_root() -> Path:
    """The folder that says what is to be trained next."""
    return Path(platformdirs.user_data_dir(APP)) / "queue"


def trash_root() -> Path:
    """The folder of runs that were thrown away, until they are brought back or removed."""
    return Path(platformdirs.user_data_dir(APP)) / "trash"


def reproduction_root() -> Path:
    """The folder of the runs of `python -m trainer reproduce`."""
    return Path(platformdirs.user_data_dir(APP)) / "reproduce"


def assets() -> Path:
    """The folder of the assets: the installed package's, or the checkout's."""
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / "assets"
    return Path(str(files("iae_studio_assets")))


def guide() -> Path | None:
    """The guide to the window, where the documents are at hand: an installed package has none."""
    path = CHECKOUT / "docs" / "GUIDE.md"
    return path if path.is_file() else None


def shipped_models() -> dict[str, Path]:
    """The models that came with the program, by the name of their recipe."""
    return {path.stem: path for path in sorted((assets() / "models").glob("*.safetensors"))}


def new_run_folder(name: str) -> Path:
    """An empty folder for a new run, named after its recipe and the time; nobody else's.

    Raises UserError where none can be made, and where the name would lead elsewhere.
    """
    stem = f"{check_name(name)}-{time.strftime('%Y%m%d-%H%M%S')}"
    for count in itertools.count(1):
        folder = runs_root() / (stem if count == 1 else f"{stem}-{count}")
        try:
            with in_words(what="cannot be made"):
                runs_root().mkdir(parents=True, exist_ok=True)
            folder.mkdir()
            return folder
        except FileExistsError:
            continue
        except OSError as error:
            raise UserError(told(error, folder, "cannot be made")) from error
    raise AssertionError
