"""What the work threads do: decode files, see images anew, take test images, download data."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from iae_studio.clipboard import begins_as_path
from iae_studio.state.bookmarks import is_shared
from iae_studio.state.datasets import gone_images
from iae_studio.state.drops import POINTS_TAKE_NO_IMAGES
from iae_studio.state.folders import Folders
from iae_studio.state.input_list import Input, InputSpec, spec_of
from iae_studio.state.model_files import STATE_FILE, is_model, model_recipe
from iae_studio.state.opened import Opened
from iae_studio.state.restorable import Restorable
from iae_studio.state.test_request import TestRequest
from iae_studio.threads.opening import open_images
from iae_studio.threads.shared_pictures import restorable, save_picture
from trainer.data.aside import Change
from trainer.data.at_hand import with_data_at_hand
from trainer.data.image_files import decode_image, read_image
from trainer.data.progress import unheard
from trainer.messages import Pixels, UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS, resolve
from trainer.reporting.sheets import grid_page
from trainer.storage.files import is_missing
from trainer.storage.paths import typed_path

TEST_COUNT = 6
SKETCH = "your drawing"
Progress = Callable[[int, int], object]


def open_files(
    named: Sequence[Path | str],
    spec: InputSpec | None,
    limit: int,
    progress: Progress = unheard,
    likely: Path | None = None,
) -> Opened:
    """Decode files and folders, or the recipe of a model; an unreadable one is named.

    A text may name several. Without a spec the displayed network takes no images. A picture by
    itself that carries what it was made of is shown again; its weights are `likely` there.
    """
    paths, problems = _all_paths(named)
    bookmarks = tuple(filter(is_shared, paths))
    paths = [path for path in paths if path not in bookmarks]
    dropped = [path for path in paths if is_model(path)]
    images = [path for path in paths if path not in dropped]
    models = list(dict.fromkeys(map(_whole_model, dropped)))
    if len(models) > 1:
        others = ", ".join(f'"{path.name:.60}"' for path in models[1:4])
        problems.append(f"One model is opened at a time: drop {others} by itself.")
    carried, why = _carried(images, likely) if not models else (None, "")
    if why and spec is not None:
        why += " It is opened as an image."
    if carried is not None:
        return Opened(problems=tuple(problems), carried=carried, bookmarks=bookmarks)
    problems += [why] if why else []
    opened = _model(models[0]) if models else Opened()
    if opened.model is not None:
        spec = spec_of(opened.model[0])
    if images and spec is None:
        problems += _gone(images) or [POINTS_TAKE_NO_IMAGES]
    elif images and spec is not None:
        seen = open_images(images, spec, limit, progress)
        problems += opened.problems
        opened = replace(seen, model=opened.model)
    return replace(opened, problems=(*problems, *opened.problems), bookmarks=bookmarks)


def _carried(images: list[Path], likely: Path | None) -> tuple[Restorable | None, str]:
    """What a picture carries, or why that cannot be used."""
    try:
        return (restorable(images[0], likely) if len(images) == 1 else None), ""
    except UserError as error:
        return None, str(error)


def _all_paths(named: Sequence[Path | str]) -> tuple[list[Path], list[str]]:
    """The paths, and what is wrong with those that can be none."""
    paths: list[Path] = []
    problems: list[str] = []
    for each in named:
        try:
            paths += _paths_in(each)
        except UserError as error:
            problems.append(str(error))
    return paths, problems


def _paths_in(named: Path | str) -> list[Path]:
    """Text may hold several paths in one line, each in quotes or without blanks."""
    path = typed_path(named)
    if isinstance(named, Path) or os.path.lexists(path):
        return [path]
    try:
        parts = shlex.split(named, posix=os.name != "nt")
    except ValueError:  # a quote without its other half
        return [path]
    if not all(map(begins_as_path, parts)):
        return [path]  # of one path the parts, with blanks between
    several = [typed_path(part) for part in parts]
    return several if any(map(os.path.lexists, several)) else [path]


def _gone(paths: list[Path]) -> list[str]:
    """What is said of those that are not there."""
    told = []
    for path in filter(is_missing, paths):
        try:
            read_image(path)
        except UserError as error:
            told.append(str(error))
    return told


def _whole_model(path: Path) -> Path:
    return path.parent if path.name == STATE_FILE else path


def _model(folder: Path) -> Opened:
    from trainer.inference.model_files import check_model

    try:
        recipe = model_recipe(folder)
        check_model(folder)  # what cannot be loaded must not take the place of what is shown
        return Opened(model=(recipe, folder))
    except UserError as error:
        return Opened(problems=(str(error),))


def read_sketch(drawing: Pixels, spec: InputSpec) -> Input | None:
    """A drawing uint8 [H, W] as the network sees it; None if there is no ink."""
    if not drawing.any():
        return None
    original = np.repeat(drawing[:, :, None], 3, 2)
    return Input(SKETCH, spec(original), spec, original, drawing=True)


def see_anew(
    inputs: list[Input], spec: InputSpec, progress: Progress = unheard
) -> list[tuple[Input, Input]]:
    """Each input, and the same as another network sees it; what `progress` raises ends it."""
    pairs = []
    for done, known in enumerate(inputs):
        progress(done, len(inputs))
        pairs.append((known, replace(known, seen=spec(_whole(known, spec)), spec=spec)))
    return pairs


def _whole(known: Input, spec: InputSpec) -> Pixels:
    """What an input was made of; what a network saw of it where that is not there any more."""
    if known.original is None:
        return known.seen
    if not isinstance(known.original, bytes):
        return known.original
    try:
        return decode_image(known.original, known.name, spec.grey_range or known.grey_range)
    except UserError:  # the memory is full, say: one image must not cost all others
        return known.seen


def take_test_images(request: TestRequest, folders: Folders, progress: Progress) -> list[Input]:
    """Test images of a recipe's data, or of drawn data in its place, chosen by the seed.

    Of own images what the displayed run trained on is none, unless there are no others.

    Raises UserError where own images cannot be read, and what `progress` raises.
    """
    from trainer.data.loading import picture_names, some_test_images
    from trainer.inference.model_files import trained_on_of

    recipe = request.recipe
    root = folders.of(recipe.data.name)
    spec = spec_of(recipe)
    if spec is None or gone_images(recipe):
        return []
    shown = with_data_at_hand(recipe, root)
    before = None if request.model is None else trained_on_of(request.model, shown)
    some = some_test_images(shown, root, TEST_COUNT, request.seed, progress, before)
    pixels = some.images.permute(0, 2, 3, 1).contiguous().numpy()
    named = zip(picture_names(some, recipe, shown), pixels, strict=True)
    return [Input(name, image, spec, test=True) for name, image in named]


def set_aside(path: Path, change: Change, folders: Folders) -> None:
    """Set images aside from a run that nobody trains, or take them back. Raises UserError."""
    from trainer.data.loading import load_data
    from trainer.training.aside import set_aside as decide
    from trainer.training.checkpoint import RunFolder
    from trainer.training.run_images import trained_on

    run = RunFolder(path)
    recipe = run.recipe()
    root = folders.of(recipe.data.name)
    decide(run, load_data(recipe, root, trained_on=trained_on(run)), change)


def save_sheet(
    path: Path, seen: list[Pixels], tiles: Pixels, code: Pixels | None, only_tiles: bool = False
) -> Path:
    """Write the grid as one picture, pixel for pixel but in JPEG; returns its path.

    A name without an ending gets .png. Raises UserError where it cannot be written.
    """
    return save_picture(path, grid_page(seen, tiles, code, only_tiles))


def download(
    name: str,
    root: Path | None,
    moved: Callable[[float], object],
    cancelled: Callable[[], bool],
) -> bool:
    """Fetch a data set; False if the user stopped it."""
    from trainer.data.downloads import Cancelled

    def progress(done: int, total: int) -> None:
        moved(done / max(1, total))

    try:
        resolve(DATA_SETS[name].download)(root, progress, cancelled)
    except Cancelled:
        return False
    return True


def move_images(path: Path, gone: str, place: str, progress: Progress) -> Recipe | str:
    """Let a run find its `gone` images at `place`; its recipe as it then is, or why it cannot.

    What `progress` raises ends it.
    """
    from trainer.training.checkpoint import RunFolder
    from trainer.training.run_images import move_images

    run = RunFolder(path)
    try:
        data = run.recipe().data
        second = data.images_b and Path(gone) != Path(data.images)
        places = (data.images, place) if second else (place, "")
        move_images(run, *places, progress=progress)
        return run.recipe()
    except UserError as error:
        return str(error)
