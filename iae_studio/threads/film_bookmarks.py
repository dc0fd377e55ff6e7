"""Bookmarks as the keyframes of a film."""

from __future__ import annotations

import io

import numpy as np

from iae_studio.threads.bookmark_files import probe_of, read, weights_of
from iae_studio.views.film_story import Marked
from trainer.messages import Pixels, UserError
from trainer.recipe.recipe import Recipe

NONE = "There is no bookmark of this model yet: press Shift+B where something is worth keeping."


def keyframes_of(recipe: Recipe) -> list[Marked]:
    """All bookmarks of a recipe in their order; those whose weights or inputs lack are left out.

    Raises UserError where there is none.
    """
    found = []
    for bookmark in read().bookmarks:
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
