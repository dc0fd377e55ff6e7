"""A recipe on the user's own images, from what was typed and chosen. Asks the disk."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from iae_studio.state.messages import brief, short
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import typed_path


def usable_path(text: str) -> Path:
    """The folder or .zip that somebody typed. Raises UserError where it is neither."""
    path = typed_path(text)
    with suppress(OSError):  # whoever reads it tells what is wrong
        if not path.exists():
            told = f'"{path}" is not there: was it moved, renamed or deleted?'
            raise UserError(brief(told))
        if path.is_file() and path.suffix.lower() != ".zip":
            name = short(path.name)
            raise UserError(f'"{name}" is one file: choose the folder it is in, or a .zip.')
    return path.absolute()


def on_own_images(
    recipe: Recipe,
    images: str,
    images_b: str,
    second: str,
    size: int,
    colour: bool,
    pad: bool = False,
    classes: str = "auto",
) -> Recipe:
    """The recipe on a folder or .zip, for a CycleIAE perhaps two. Raises UserError in words."""
    whole = [str(usable_path(name)) if name else "" for name in (images, images_b)]
    if recipe.translates and second == "none" and not images_b:
        raise UserError("Choose the folder of the second domain too.")
    if whole != [recipe.data.images, recipe.data.images_b]:
        recipe = recipe.but(grey_range="")  # it was of other images
    changes = {
        "data.name": "folder",
        "data.images": whole[0],
        "data.images_b": whole[1],
        "data.size": size,
        "data.colour": colour,
        "data.pad": pad,
        "data.classes": classes,
    }
    if recipe.translates:
        changes["data.second"] = "none" if images_b else second
    return recipe.but(changes)


def in_shape(recipe: Recipe, size: int, colour: bool, two: bool = False) -> Recipe | None:
    """The recipe on any own images of that size, `two` folders of them; None where that cannot be.

    Asks no disk: for what does not depend on the images.
    """
    changes: dict[str, object] = {
        "data.name": "folder",
        "data.images": recipe.data.images or "images",
        "data.images_b": (recipe.data.images_b or "images") if two else "",
        "data.size": size,
        "data.colour": colour,
    }
    if recipe.translates:
        second = recipe.data.second if recipe.data.second != "none" else "edges"
        changes["data.second"] = "none" if two else second
    try:
        return recipe.but(changes)
    except UserError:
        return None
