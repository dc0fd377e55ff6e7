"""A report: what helps to mend a fault, in one .zip; no images, and nobody's name."""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from iae_studio.diagnostics.crashes import LAST
from iae_studio.diagnostics.log import FILE, KEPT, MOST
from trainer.data.image_kinds import suffixes
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.reporting.doctor import doctor
from trainer.storage.faults import in_words
from trainer.storage.files import replacing
from trainer.storage.paths import logs_root
from trainer.storage.regular import open_regular

IMAGES = "<own images>"
_SHORTEST = 3  # letters of a name that is looked for by itself


def write_report(path: Path, recipes: Sequence[Recipe]) -> Path:
    """Log, crash, versions and recipes, without what is personal. On a thread: it reads disks.

    Returns where it is. Raises UserError.
    """
    if path.suffix.lower() != ".zip":
        path = path.with_name(f"{path.name}.zip")
    hide = Hider(recipes)
    logs = [f"{FILE}.{number}" for number in range(KEPT, 0, -1)] + [FILE, LAST]
    texts = {name: _read(logs_root() / name) for name in logs}
    texts["doctor.txt"] = doctor()
    for number, recipe in enumerate(recipes):
        texts[f"recipe{number or ''}.json"] = json.dumps(recipe.to_mapping(), indent=1)
    with (
        in_words(path, "cannot be written"),
        replacing(path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, text in texts.items():
            if text:
                archive.writestr(name, hide(text))
    return path


def _read(path: Path) -> str:
    """The end of a log; nothing where there is none."""
    with suppress(OSError, UserError), open_regular(path) as file:
        file.seek(max(os.fstat(file.fileno()).st_size - 2 * MOST, 0))
        return file.read(2 * MOST).decode("utf-8", "replace")
    return ""


class Hider:
    """Takes out of a text who the user is, and what the images are called."""

    def __init__(self, recipes: Iterable[Recipe] = ()) -> None:
        own = [Path(place) for r in recipes for place in (r.data.images, r.data.images_b) if place]
        self._places = sorted({w for path in own for w in _spellings(path)}, key=len, reverse=True)
        names = sorted({path.stem for path in own} - {""}, key=len, reverse=True)
        self._names = [name for name in names if len(name) >= _SHORTEST]
        self._homes = sorted(_spellings(Path.home()), key=len, reverse=True)
        self._users = _words([_user(), Path.home().name])
        self._computer = _words([platform.node(), platform.node().partition(".")[0]])
        kinds = "|".join(sorted(re.escape(suffix[1:]) for suffix in suffixes()))
        # A whole name, with the folders before it and the blanks in it.
        self._files = re.compile(rf"[^\n:;,\"']{{0,200}}\.({kinds}|zip)\b", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        for place in self._places:
            text = text.replace(place, IMAGES)
        for name in self._names:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", IMAGES, text)
        text = self._files.sub(lambda found: f"<image>.{found[1]}", text)
        for home in self._homes:
            text = text.replace(home, "~")
        for known, word in ((self._users, "user"), (self._computer, "computer")):
            if known is not None:
                text = known.sub(word, text)
        return text


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # the system does not know
        return ""


def _words(names: Iterable[str]) -> re.Pattern[str] | None:
    known = {re.escape(name) for name in names if len(name) > 1}
    return re.compile(rf"(?<![^\W_])({'|'.join(known)})(?![^\W_])", re.I) if known else None


def _spellings(path: Path) -> set[str]:
    """A path as it may stand in a text: with links followed, in a JSON or a traceback, as a URL."""
    with suppress(OSError, RuntimeError):
        real = os.path.realpath(path)
        plain = {str(path), real}
        found = (
            plain | {json.dumps(text)[1:-1] for text in plain} | {Path(p).as_posix() for p in plain}
        )
        return {text for text in found if len(text) > 1}
    return {str(path)}
