"""Bookmarks on the disk: each a folder that is whole or not there, read with suspicion.

bookmarks/20261127-193000-123456/
  bookmark.json      what was explored
  thumbnail.png
  00.png             the first input, as the network saw it
  00.original        what it was made of, where that is small: the bytes of its file, or a PNG
  weights.safetensors   of one that came from elsewhere
"""

from __future__ import annotations

import io
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image

from iae_studio.state.bookmarks import Bookmark, NewerBookmarkError, bookmark_of
from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.found_weights import Found, found_in
from iae_studio.state.input_list import Input, spec_of
from iae_studio.state.model_files import find_weights
from iae_studio.state.turned import columns_of
from trainer.messages import Pixels, Probe, UserError
from trainer.recipe.grey_range import GreyRange
from trainer.storage.faults import in_words
from trainer.storage.files import read_object
from trainer.storage.paths import bookmarks_root
from trainer.storage.regular import open_regular

FILE, THUMBNAIL, WEIGHTS = "bookmark.json", "thumbnail.png", "weights.safetensors"
PARTIAL, GONE = ".partial-", ".deleted-"  # beginnings of folders that are no bookmarks
DAMAGED, NEWER = ".damaged", ".newer"  # endings of those that cannot be read
MOST_JSON = MOST_PICTURE = 1 << 22  # bytes
MOST_ORIGINALS = 1 << 23  # of all inputs of one bookmark


@dataclass(frozen=True)
class Shelf:
    """All bookmarks, and a sentence on each that cannot be read."""

    bookmarks: tuple[Bookmark, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Reopened:
    """What a bookmark shows: its weights, and the inputs."""

    found: Found
    inputs: tuple[Input, ...]


# ---- reading -------------------------------------------------------------------------------------


def read(root: Path | None = None) -> Shelf:
    """All bookmarks in the order in which they were made. What cannot be read is set aside."""
    found, words = [], []
    try:
        folders = sorted(path for path in (root or bookmarks_root()).iterdir() if path.is_dir())
    except OSError:  # nothing was bookmarked yet
        return Shelf()
    for folder in folders:
        if folder.name.startswith("."):
            _tidy(folder)
        elif not folder.name.endswith((DAMAGED, NEWER)):
            try:
                found.append(read_one(folder))
            except UserError as error:
                words.append(_set_aside(folder, error))
    return Shelf(tuple(found), tuple(words))


def read_one(folder: Path) -> Bookmark:
    """The bookmark in a folder. Raises UserError where it is none, damaged or newer."""
    thumbnail = b""
    with suppress(OSError, UserError):
        thumbnail = _bytes(folder / THUMBNAIL, MOST_PICTURE)
    return bookmark_of(read_object(folder / FILE, MOST_JSON), folder, thumbnail)


def _set_aside(folder: Path, error: UserError) -> str:
    ending = NEWER if isinstance(error, NewerBookmarkError) else DAMAGED
    aside = folder.with_name(folder.name + ending)
    with suppress(OSError):
        folder.rename(aside)
    return f"A bookmark cannot be read, and was set aside as {aside.name}. {error}"


def _tidy(folder: Path) -> None:
    """What was deleted, or never became whole, a day ago."""
    with suppress(OSError):
        old = datetime.now().timestamp() - folder.stat().st_mtime > 86_400
        if old and folder.name.startswith((PARTIAL, GONE)):
            shutil.rmtree(folder)


def _bytes(file: Path, most: int) -> bytes:
    with open_regular(file) as opened:
        data = opened.read(most + 1)
    if len(data) > most:
        raise UserError(f"{file} is too large to be what it is named.")
    return data


def inputs_of(bookmark: Bookmark) -> tuple[Input, ...]:
    """The inputs, just as the network saw them. Raises UserError where one is damaged."""
    spec = spec_of(bookmark.recipe)
    if spec is None:
        return ()
    inputs = []
    for place, known in enumerate(bookmark.inputs):
        with in_words(bookmark.folder, "is damaged: an image in it cannot be read"):
            seen = _picture(_bytes(_file(bookmark.folder, place), MOST_PICTURE), spec.shape)
            original: bytes | Pixels | None = None
            if known.original:
                with suppress(OSError, UserError):  # it is shown as it was seen all the same
                    original = _bytes(_file(bookmark.folder, place, "original"), MOST_ORIGINALS)
            if original is None and not known.test:
                original = np.broadcast_to(seen, (*seen.shape[:2], 3))
        grey = GreyRange.parse(known.grey_range)
        inputs.append(
            Input(known.name, seen, spec, original, known.test, grey_range=grey, place=known.place)
        )
    return tuple(inputs)


def _picture(data: bytes, shape: tuple[int, int, int]) -> Pixels:
    """The pixels of a PNG of just this shape. Raises UserError for anything else."""
    height, width, channels = shape
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if image.size == (width, height) and image.mode == ("L" if channels == 1 else "RGB"):
                return np.array(image).reshape(shape)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UserError("An image of the bookmark is damaged.") from error
    raise UserError("An image of the bookmark is not of the size that its model sees.")


def _file(folder: Path, place: int, ending: str = "png") -> Path:
    return folder / f"{place:02d}.{ending}"


def weights_of(bookmark: Bookmark) -> Path | None:
    """The model file of its weights; None for untrained ones. Raises UserError where it lacks."""
    if not bookmark.fingerprint:
        return None
    likely = Path(bookmark.weights) if bookmark.weights else bookmark.folder / WEIGHTS
    file = find_weights(bookmark.fingerprint, likely)
    if file is None:
        raise UserError(
            "The weights of this bookmark are not on this computer any more: "
            f"{bookmark.recipe.name} at step {bookmark.step:,}. If somebody else has it, let them "
            "export it as a file, which holds them."
        )
    return file


def probe_of(bookmark: Bookmark) -> Probe:
    """What its weights were asked. Raises UserError where an image is damaged."""
    settings, shape = bookmark.settings, bookmark.recipe.image_shape or (1, 1, 1)
    images = [known.seen for known in inputs_of(bookmark)]
    axes = [
        np.array(each, np.float32) if each else None
        for each in (settings.code_axes, settings.noise_axes)
    ]
    return Probe(
        0,
        np.stack(images) if images else np.empty((0, *shape), np.uint8),
        settings.seeds[: columns_of(bookmark.recipe, settings.wanted_columns)],
        settings.noise_scale,
        settings.code_offsets,
        settings.raw_code,
        settings.noise_offsets,
        *axes,
    )


def reopen(bookmark: Bookmark) -> Reopened:
    """What it shows, as far as that is on this computer. Raises UserError naming what lacks."""
    inputs, file = inputs_of(bookmark), weights_of(bookmark)
    found = Found(DisplayedModel(bookmark.recipe)) if file is None else found_in(file)
    return Reopened(found, inputs)
