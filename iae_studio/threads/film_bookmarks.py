"""Bookmarks as the keyframes of a film."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from iae_studio.views.film_story import Marked
from trainer.messages import Pixels, Probe, UserError
from trainer.recipe.recipe import Recipe


class Kept(Protocol):
    """What a bookmark says of itself."""

    @property
    def name(self) -> str: ...
    @property
    def recipe(self) -> Recipe: ...
    @property
    def step(self) -> int: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def thumbnail(self) -> bytes: ...


K = TypeVar("K", bound=Kept)
NONE = "There is no bookmark of this model yet: press Shift+B where something is worth keeping."


def keyframes_of(
    read: Callable[[], Iterable[K]],
    probe_of: Callable[[K], Probe],
    weights_of: Callable[[K], Path | None],
    recipe: Recipe,
) -> list[Marked]:
    """All bookmarks of a recipe in their order; those whose weights or inputs lack are left out.

    Raises UserError where there is none.
    """
    found = []
    for bookmark in read():
        if bookmark.recipe.name != recipe.name:
            continue
        try:
            probe, weights = probe_of(bookmark), weights_of(bookmark)
        except UserError:  # what lacks is told where it is opened
            continue
        if weights is not None and len(probe.images):
            where = max(bookmark.row, 0), bookmark.column, weights, bookmark.step
            found.append(Marked(bookmark.name, _picture(bookmark.thumbnail), probe, *where))
    if not found:
        raise UserError(NONE)
    return found


def _picture(data: bytes) -> Pixels:
    """The thumbnail [H, W, 3]; grey where there is none that can be read."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return np.full((8, 8, 3), 96, np.uint8)
