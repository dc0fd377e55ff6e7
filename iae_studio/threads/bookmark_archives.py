"""Bookmarks as one file: written for others, and read from whoever made it."""

from __future__ import annotations

import json
import tempfile
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from safetensors.numpy import load_file, save

from iae_studio.state.bookmarks import Bookmark, KeptInput, bookmark_of
from iae_studio.state.model_files import SHIPPED
from iae_studio.state.shared_state import shared_name, without_folders
from iae_studio.threads.bookmark_files import (
    FILE,
    MOST_JSON,
    MOST_PICTURE,
    THUMBNAIL,
    WEIGHTS,
    inputs_of,
    weights_of,
)
from iae_studio.threads.bookmark_writing import new_folder, put
from iae_studio.threads.thumbnails import fit_to_show
from trainer.data.folders.archives import open_archive, unpacked
from trainer.messages import UserError
from trainer.recipe.fingerprint import checksum_of, fingerprint_of
from trainer.recipe.saved import read_meta, text_inside
from trainer.recipe.specs import DATA_SETS
from trainer.storage.faults import in_words
from trainer.storage.files import make_folder, parse_object, replacing
from trainer.storage.paths import bookmarks_root

MOST_WEIGHTS = 1 << 31  # bytes
STEP = 1 << 20


def export(bookmark: Bookmark, path: Path) -> Path:
    """Write it as one .zip with its weights, unless they ship. Raises UserError.

    What its images were made of stays here, and so do the names of the user's files and folders.
    """
    weights, own = weights_of(bookmark), DATA_SETS[bookmark.recipe.data.name].own
    shared = replace(
        bookmark,
        recipe=without_folders(bookmark.recipe),
        weights="",
        inputs=tuple(
            KeptInput(shared_name(n, each.name, each.test, own), each.test)
            for n, each in enumerate(bookmark.inputs, 1)
        ),
    )
    with (
        in_words(path, "cannot be written"),
        replacing(path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive,
    ):
        archive.writestr(FILE, json.dumps(shared.to_mapping()))
        archive.writestr(THUMBNAIL, bookmark.thumbnail)
        for place in range(len(bookmark.inputs)):
            archive.write(bookmark.folder / f"{place:02d}.png", f"{place:02d}.png")
        if weights is not None and weights not in SHIPPED.values():
            if read_meta(weights).recipe.data.images:
                archive.writestr(WEIGHTS, _without_folders(weights))
            else:
                archive.write(weights, WEIGHTS)
    return path


def _without_folders(weights: Path) -> bytes:
    """The same model file, but for what it says of folders; its tensors tell it from others."""
    about = text_inside(weights)
    about["recipe"] = without_folders(read_meta(weights).recipe).to_json()
    return save(load_file(weights), about)


def bring(path: Path) -> Bookmark:
    """Take in a bookmark that somebody exported. Raises UserError for whatever else it is."""
    try:
        with in_words(path, "cannot be read"), open_archive(path) as archive:
            return _brought(archive)
    except zipfile.BadZipFile as error:
        raise UserError(f'"{path.name}" is no bookmark, or damaged: have it sent again.') from error
    except UserError as error:
        raise UserError(f'"{path.name}" cannot be taken in. {error}') from error


def _brought(archive: zipfile.ZipFile) -> Bookmark:
    """Only what a bookmark holds is read, under names of our own."""
    known = {info.filename: info for info in archive.infolist()}
    if FILE not in known:
        raise UserError("It is no bookmark.")
    values = parse_object(_read(archive, known[FILE], MOST_JSON).decode("utf-8", "replace"), "It")
    thumbnail = _read(archive, known[THUMBNAIL], MOST_PICTURE) if THUMBNAIL in known else b""
    bookmark = replace(
        bookmark_of(values, new_folder(), fit_to_show(thumbnail)),
        weights="",
        when=datetime.now().isoformat(" ", "seconds"),
    )
    bookmark = replace(
        bookmark, inputs=tuple(KeptInput(each.name, each.test) for each in bookmark.inputs)
    )
    names = [f"{place:02d}.png" for place in range(len(bookmark.inputs))]
    if any(name not in known for name in names):
        raise UserError("It is damaged: an image is missing.")
    files = {name: _read(archive, known[name], MOST_PICTURE) for name in names}
    make_folder(bookmarks_root())
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=bookmarks_root()) as folder:
        weights = _weights(archive, known.get(WEIGHTS), bookmark, Path(folder))
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        inputs_of(replace(bookmark, folder=Path(folder)))  # or it says what is damaged
        put(bookmark, files, weights)
    return bookmark


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    data = unpacked(archive, info, most + 1)
    if len(data) > most:
        raise UserError(f"It is damaged: its {info.filename:.40} is too large.")
    return data


def _weights(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo | None, bookmark: Bookmark, folder: Path
) -> Path | None:
    """The weights, where they are those that it names. They are stored as they are, not packed."""
    if info is None or not bookmark.fingerprint:
        return None
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > MOST_WEIGHTS:
        raise UserError("It is damaged: its weights are packed, or too large.")
    file = folder / WEIGHTS
    with archive.open(info) as source, file.open("wb") as target:
        left = info.file_size
        while left > 0 and (part := source.read(min(left, STEP))):
            target.write(part)
            left -= len(part)
    if fingerprint_of(file) != bookmark.fingerprint or checksum_of(file) != bookmark.fingerprint:
        raise UserError("It is damaged: its weights are others than it names.")
    return file
