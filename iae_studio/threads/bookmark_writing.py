"""Bookmarks are written whole or not at all, called otherwise, deleted and brought back."""

from __future__ import annotations

import io
import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image

from iae_studio.state.bookmarks import Bookmark, KeptInput
from iae_studio.state.exploration import Exploration
from iae_studio.state.input_list import Input
from iae_studio.threads.bookmark_files import (
    FILE,
    GONE,
    MOST_ORIGINALS,
    PARTIAL,
    THUMBNAIL,
    WEIGHTS,
    read_one,
)
from iae_studio.threads.thumbnails import thumbnail_of
from trainer.exploring.questions.keeping import Drawn
from trainer.messages import Pixels
from trainer.storage.faults import in_words
from trainer.storage.files import make_folder, sync_folder, write_bytes
from trainer.storage.paths import bookmarks_root


def new_folder(root: Path | None = None) -> Path:
    """Where the next bookmark is to lie; nothing is there yet."""
    place = root or bookmarks_root()
    while True:
        folder = place / datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        if not folder.exists():
            return folder


def write(
    name: str, shown: Exploration, inputs: tuple[Input, ...], tests: int | None, drawn: Drawn
) -> Bookmark:
    """Keep what was explored, with the weights that were kept. Raises UserError."""
    kept, originals = drawn.kept, _originals(inputs)
    seen = [known.seen for known in inputs]
    bookmark = Bookmark(
        new_folder(),
        name,
        datetime.now().isoformat(" ", "seconds"),
        shown.model.recipe,
        kept.fingerprint,
        kept.step,
        shown.settings,
        "" if kept.path is None else str(kept.path.absolute()),
        inputs=tuple(_told(known, place in originals) for place, known in enumerate(inputs)),
        tests=tests,
        row=shown.row,
        column=shown.column,
        thumbnail=_thumbnail(shown, seen, drawn),
    )
    files = {f"{place:02d}.original": data for place, data in originals.items()}
    files |= {f"{place:02d}.png": _png(picture) for place, picture in enumerate(seen)}
    put(bookmark, files)
    return bookmark


def _told(known: Input, original: bool) -> KeptInput:
    grey_range = str(known.grey_range or "")
    return KeptInput(known.name, known.test, grey_range, known.place, original)


def _thumbnail(shown: Exploration, seen: list[Pixels], drawn: Drawn) -> bytes:
    inputs = np.stack(seen) if seen else np.empty(0, np.uint8)
    back = shown.settings.wants_way_back
    return thumbnail_of(drawn, inputs, max(shown.row, 0), shown.column, back)


def put(bookmark: Bookmark, files: dict[str, bytes], weights: Path | None = None) -> None:
    """Write a new bookmark, whole: built beside its place, then renamed. `weights` are moved."""
    folder = bookmark.folder
    beside = folder.with_name(PARTIAL + folder.name)
    files = {**files, THUMBNAIL: bookmark.thumbnail, FILE: _json(bookmark)}
    with in_words(folder, "cannot be written"):
        make_folder(beside)
        try:
            for name, data in files.items():
                write_bytes(beside / name, data)
            if weights is not None:
                weights.replace(beside / WEIGHTS)
            beside.rename(folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        sync_folder(folder.parent)


def call(bookmark: Bookmark, name: str | None, note: str | None) -> Bookmark:
    """Give it another name or note; what is None stays as the disk has it. Raises UserError."""
    # What the window lists may be older than a name or note that was written since.
    called = read_one(bookmark.folder).called(name, note)
    with in_words(bookmark.folder, "cannot be written"):
        write_bytes(bookmark.folder / FILE, _json(called))
    return called


def delete(bookmark: Bookmark) -> None:
    """Put it away; for a day `bring_back` finds it."""
    with in_words(bookmark.folder, "cannot be deleted"):
        os.utime(bookmark.folder)  # the day begins now: a renamed folder keeps its age
        bookmark.folder.rename(_gone(bookmark))


def bring_back(bookmark: Bookmark) -> Bookmark:
    """One that was deleted."""
    with in_words(bookmark.folder, "cannot be brought back"):
        _gone(bookmark).rename(bookmark.folder)
    return read_one(bookmark.folder)


def _gone(bookmark: Bookmark) -> Path:
    return bookmark.folder.with_name(GONE + bookmark.folder.name)


def _json(bookmark: Bookmark) -> bytes:
    return json.dumps(bookmark.to_mapping()).encode()


def _originals(inputs: tuple[Input, ...]) -> dict[int, bytes]:
    """What inputs were made of, by their places, as far as there is room."""
    found, room = {}, MOST_ORIGINALS
    for place, known in enumerate(inputs):
        if known.original is None:
            continue
        data = known.original if isinstance(known.original, bytes) else _png(known.original)
        if len(data) <= room:
            found[place] = data
            room -= len(data)
    return found


def _png(picture: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture).save(file, "PNG")
    return file.getvalue()
