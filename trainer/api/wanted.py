"""The recipe that a training goes by: that of a new run, or of one that goes on."""

from __future__ import annotations

import os

from trainer.api.settings import Settings, written
from trainer.messages import UserError
from trainer.recipe.catalogue import find_recipe
from trainer.recipe.recipe import Recipe
from trainer.storage.paths import full_path, typed_path
from trainer.training.checkpoint import RunFolder
from trainer.training.run_images import moved

PathLike = str | os.PathLike[str]


def wanted_recipe(
    recipe_or_name: Recipe | str,
    out: PathLike | None,
    *,
    steps: int | None,
    settings: Settings,
    resume: bool,
    own: tuple[PathLike, PathLike],
) -> Recipe:
    """What `train` is asked for; nothing is written. `own` are the folders of own images.

    Raises UserError where that cannot be.
    """
    recipe = find_recipe(recipe_or_name) if isinstance(recipe_or_name, str) else recipe_or_name
    images, images_b = (str(full_path(typed_path(name))) if name else "" for name in own)
    if resume:
        return _resumed(recipe, out, settings, images, images_b)
    recipe = _with_images(recipe, images, images_b).with_settings(written(settings))
    return recipe.but(steps=steps) if steps and steps > recipe.schedule.steps else recipe


def _with_images(recipe: Recipe, images: str, images_b: str) -> Recipe:
    if images_b and not images:
        raise UserError(
            "images_b (--images-b) is a second domain: name the first too, by images (--images)."
        )
    return recipe.with_images(images, images_b) if images else recipe


def _resumed(
    recipe: Recipe, out: PathLike | None, settings: Settings, images: str, images_b: str
) -> Recipe:
    if out is None:
        raise UserError("Name the run folder to go on with: out=...")
    if settings:
        raise UserError("A run that goes on keeps its own recipe: leave out the settings.")
    run = RunFolder(typed_path(out))
    kept = run.recipe()
    if kept.name != recipe.name:
        raise UserError(f"{out} is a run of {kept.name}, not of {recipe.name}.")
    return moved(run, images, images_b) if images or images_b else kept
