"""Pictures that show again what they were made of: written, and read with the weights found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.found_weights import Found, found_in
from iae_studio.state.model_files import find_weights
from iae_studio.state.pages import Page
from iae_studio.state.restorable import Restorable, fits, missing
from iae_studio.state.shared_state import Shared, shared_in, to_mapping
from trainer.messages import Clusters, Pixels, Rendering, UserError
from trainer.reporting.sheets import encoded, enlarged, picture_path
from trainer.reporting.state_chunk import (
    TooMuchError,
    beside,
    is_foreign,
    read_state,
    text_beside,
    with_state,
)
from trainer.storage.faults import in_words
from trainer.storage.files import write_bytes
from trainer.storage.regular import NotAFileError


@dataclass(frozen=True)
class Saved:
    """Where a picture was written, and whether it is `whole`: can be shown again."""

    path: Path
    whole: bool


def save_page(
    path: Path,
    factor: int,
    page: Page,
    rendering: Rendering | None,
    clusters: Clusters | None,
    made: Shared | None,
) -> Saved:
    """Make a picture of an answer, and write it, if need be without what it was made of.

    Raises UserError.
    """
    pixels = page(rendering, clusters)
    if pixels is None:
        raise UserError("There is nothing to save yet.")
    try:
        return Saved(save_picture(path, pixels, made, factor), made is not None)
    except TooMuchError:
        return Saved(save_picture(path, pixels, None, factor), False)


def save_picture(path: Path, page: Pixels, made: Shared | None = None, factor: int = 1) -> Path:
    """Write a picture, pixel for pixel but in JPEG, with what it takes to show it again.

    Each pixel is `factor` pixels wide. Returns the path: a name without an ending gets .png. Raises
    UserError where it cannot be written.
    """
    target = picture_path(path)
    if target != path and os.path.lexists(target):  # the dialog asked about another name
        raise UserError(f"{target} is there already: choose it by its full name to replace it.")
    data = encoded(enlarged(page, factor), target)
    state = None if made is None else to_mapping(made)
    text = None
    if state is not None and target.suffix.lower() == ".png":
        data = with_state(data, state)
    elif state is not None:
        text = _text_beside(target, data, state)
    with in_words(target, "cannot be written"):
        write_bytes(target, data)
        if text is not None:
            write_bytes(beside(target), text)
    return target


def _text_beside(target: Path, data: bytes, state: Mapping[str, Any]) -> bytes:
    if is_foreign(beside(target)):
        raise UserError(
            f"{beside(target)} stands where the picture's settings are to be written: move it, or "
            "choose .png, which holds them itself."
        )
    return text_beside(data, state)


def restorable(path: Path, likely: Path | None = None) -> Restorable | None:
    """What a picture carries, with weights of this computer; None where it is an image as ever.

    They are looked for in the `likely` file first. Raises UserError where it carries something
    that cannot be used, or weights are missing.
    """
    try:
        values = read_state(path)
    except (OSError, NotAFileError):  # which is told when it is opened as an image
        return None
    if values is None:
        return None
    made = shared_in(values, path.name)
    if not made.weights.fingerprint:
        return Restorable(made, Found(DisplayedModel(made.recipe)), path.name)
    file = find_weights(made.weights.fingerprint, likely)
    if file is None:
        raise UserError(missing(made, path))
    found = found_in(file)
    if not fits(made, found.model.recipe):
        raise UserError(f'The images in "{path.name}" are not of its model\'s size.')
    return Restorable(made, found, path.name)
