"""The user's own images of a run: which it was trained on, and where they are now."""

from __future__ import annotations

import json
from pathlib import Path

from trainer.data.dataset import DataSet
from trainer.data.folders.trained_on import (
    FILE,
    ImageList,
    TrainedOn,
    check_classes,
    check_same,
    check_still_there,
    read_list,
)
from trainer.data.progress import OnProgress, unheard
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS
from trainer.storage.files import read_object
from trainer.training.checkpoint import RunFolder


def trained_on(run: RunFolder) -> TrainedOn | None:
    """What a run was trained on; None of a run on other data, or before it began.

    Raises UserError where its list is damaged.
    """
    if not DATA_SETS[run.recipe().data.name].own:
        return None
    known = read_list(run.path)
    if known is not None:
        return known.trained_on
    return TrainedOn(unlisted=True) if run.has_state() else None


def keep_list(run: RunFolder, data: DataSet) -> None:
    """Note what a training that begins or goes on trains on; what the run had noted stays.

    Raises UserError where that cannot be written, and DataMissingError where other images lie at
    the place of those that the run was trained on.
    """
    fresh = data.image_list()
    if fresh is None:
        return
    before = read_list(run.path)
    if before is not None:
        recipe = run.recipe()
        by_classes = recipe.data.second == "class" or recipe.data.labels
        for was, now in zip(before.folders, fresh.folders, strict=False):
            check_still_there(was, now)
            if by_classes:
                check_classes(was, now)
        fresh = ImageList(fresh.folders, before.trained_on.joined(fresh.trained_on))
    run.write(FILE, fresh.to_json())


def moved(
    run: RunFolder, images: str, images_b: str = "", progress: OnProgress = unheard
) -> Recipe:
    """A run's recipe with its images where they are now; "" leaves a folder as it is.

    `progress` may raise to end it. Raises UserError where a folder does not hold what the run was
    trained on.
    """
    recipe = run.recipe()
    if not DATA_SETS[recipe.data.name].own:
        raise UserError(f"{run.path} is not a run on images of your own: leave out the images.")
    if images_b and not recipe.data.images_b:
        raise UserError(f"{run.path} has no second folder of images.")
    places = images or recipe.data.images, images_b or recipe.data.images_b
    known = read_list(run.path)
    for folder, place in zip(known.folders if known else (), places, strict=False):
        if place != folder.path:
            check_same(folder, Path(place), progress)
    return recipe.but({"data.images": places[0], "data.images_b": places[1]})


def keep_places(run: RunFolder, recipe: Recipe) -> None:
    """Let a run find its images where they are now, by the recipe that `moved` gave."""
    content = read_object(run.path / "recipe.json")
    run.write(
        "recipe.json", json.dumps(content | {"recipe": recipe.to_mapping()}, indent=1).encode()
    )


def move_images(
    run: RunFolder, images: str, images_b: str = "", progress: OnProgress = unheard
) -> None:
    """Both: see `moved`."""
    keep_places(run, moved(run, images, images_b, progress))
