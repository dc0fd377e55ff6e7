"""A report: what helps to mend a fault, in one .zip; no images, and nobody's name."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from iae_studio.diagnostics.crashes import LAST
from iae_studio.diagnostics.hiding import Hider
from iae_studio.diagnostics.log import FILE, KEPT, MOST
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.reporting.doctor.text import doctor
from trainer.storage.faults import in_words
from trainer.storage.files import replacing
from trainer.storage.paths import logs_root
from trainer.storage.regular import open_regular


def write_report(path: Path, recipes: Sequence[Recipe], checked: str = "") -> Path:
    """Log, crash, versions and recipes, without what is personal. On a thread: it reads disks.

    `checked` is what a look at this computer found; else a quick one is made. Returns where it is.
    Raises UserError.
    """
    if path.suffix.lower() != ".zip":
        path = path.with_name(f"{path.name}.zip")
    hide = Hider(recipes)
    logs = [f"{FILE}.{number}" for number in range(KEPT, 0, -1)] + [FILE, LAST]
    texts = {name: _read(logs_root() / name) for name in logs}
    texts["doctor.txt"] = checked or doctor()
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
        start = max(os.fstat(file.fileno()).st_size - 2 * MOST, 0)
        file.seek(start)
        if start:
            file.readline()  # the half of a line may be the half of a name
        return file.read(2 * MOST).decode("utf-8", "replace")
    return ""
