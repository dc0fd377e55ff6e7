"""What the work threads do: decode files, see images anew, take test images, download data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from iae_studio.clipboard import to_png as to_png_bytes
from iae_studio.state.datasets import images_at_hand, with_data_at_hand
from iae_studio.state.folders import Folders
from iae_studio.state.input_list import Input, InputSpec, spec_of
from iae_studio.state.inputs import POINTS_TAKE_NO_IMAGES, Opened, TestRequest
from iae_studio.state.model_files import STATE_FILE, is_model, model_recipe
from trainer.data.image_files import decode_image, list_images, read_image
from trainer.messages import Pixels, UserError
from trainer.recipe.specs import DATA_SETS, resolve
from trainer.reporting.sheets import SEEN_GAP, encoded, picture_path, sheet
from trainer.storage.faults import in_words
from trainer.storage.files import is_missing, write_bytes

TEST_COUNT = 6
SKETCH = "your drawing"
Progress = Callable[[int, int], None]


def open_files(paths: list[Path], spec: InputSpec | None, limit: int) -> Opened:
    """Decode files and folders, or the recipe of a model; an unreadable one costs a line.

    Without a spec the displayed network takes no images.
    """
    models = [path for path in paths if is_model(path)]
    images = [path for path in paths if path not in models]
    opened = Opened()
    if images and spec is None:
        opened = Opened(problems=(POINTS_TAKE_NO_IMAGES,))
    elif images and spec is not None:
        opened = _open_images(images, spec, limit)
    return _with_model(opened, models[0]) if models else opened


def _with_model(opened: Opened, path: Path) -> Opened:
    from trainer.inference.model_files import check_model

    folder = path.parent if path.name == STATE_FILE else path
    try:
        recipe = model_recipe(folder)
        check_model(folder)  # what cannot be loaded must not take the place of what is shown
        return replace(opened, model=(recipe, folder))
    except UserError as error:
        return replace(opened, problems=(str(error), *opened.problems))


def _open_images(paths: list[Path], spec: InputSpec, limit: int) -> Opened:
    inputs, problems = [], []
    files: list[Path] = []
    for named in paths:
        try:
            files += list_images([named], limit + 1)
        except UserError as error:
            problems.append(str(error))
    if len(files) > limit:
        problems.append(f"There is room for {limit} images; the first {limit} are shown.")
    for path in files[:limit]:
        try:
            known = _from_file(path.name, read_image(path), spec)
            if known.seen.any() or not spec.ink:
                inputs.append(known)
            else:
                problems.append(f"{path.name} shows nothing: there is no ink on it.")
        except UserError as error:
            problems.append(str(error))
    if not files and not problems:
        names = ", ".join(path.name for path in paths[:3])
        problems.append(f"There are no images in {names}.")
    return Opened(tuple(inputs), tuple(problems))


def open_picture(picture: QImage, name: str, spec: InputSpec) -> Opened:
    """An image from the clipboard or a browser."""
    data = to_png_bytes(picture)
    try:
        return Opened((_from_file(name, data, spec),))
    except UserError as error:
        return Opened(problems=(str(error),))


def _from_file(name: str, data: bytes, spec: InputSpec) -> Input:
    # The whole is kept, for another network must see it as its training would; as a rule a file is
    # much smaller than its pixels.
    rgb = decode_image(data, name, spec.grey_range)
    return Input(name, spec(rgb), spec, data if len(data) < rgb.nbytes else rgb)


def read_sketch(drawing: Pixels, spec: InputSpec) -> Input | None:
    """A drawing uint8 [H, W] as the network sees it; None if there is no ink."""
    if not drawing.any():
        return None
    original = np.repeat(drawing[:, :, None], 3, 2)
    return Input(SKETCH, spec(original), spec, original, drawing=True)


def see_anew(inputs: list[Input], spec: InputSpec) -> list[tuple[Input, Input]]:
    """Each input, and the same as another network sees it."""
    return [(known, replace(known, seen=spec(_whole(known, spec)), spec=spec)) for known in inputs]


def _whole(known: Input, spec: InputSpec) -> Pixels:
    """What an input was made of; what a network saw of it where that is not there any more."""
    if known.original is None:
        return known.seen
    if not isinstance(known.original, bytes):
        return known.original
    try:
        return decode_image(known.original, known.name, spec.grey_range)
    except UserError:  # the memory is full, say: one image must not cost all others
        return known.seen


def take_test_images(request: TestRequest, folders: Folders, progress: Progress) -> list[Input]:
    """Test images of a recipe's data, or of drawn data in its place, chosen by the seed.

    Raises UserError where own images cannot be read, and what `progress` raises.
    """
    from trainer.data.loading import some_test_images

    recipe = request.recipe
    root = folders.of(recipe.data.name)
    spec = spec_of(recipe)
    if spec is None or not images_at_hand(recipe):
        return []
    shown = with_data_at_hand(recipe, root)
    some = some_test_images(shown, root, TEST_COUNT, request.seed, progress)
    pixels = some.images.permute(0, 2, 3, 1).contiguous().numpy()
    word = "training" if some.trained else "test" if shown is recipe else "drawn"
    return [
        Input(f"{word} {i}{_class_name(shown.data.name, label)}", image, spec, test=True)
        for i, label, image in zip(some.places.tolist(), some.labels.tolist(), pixels, strict=True)
    ]


def _class_name(data: str, label: int) -> str:
    names = DATA_SETS[data].class_names
    return f" ({names[label]})" if label < len(names) else ""


def save_sheet(
    path: Path, seen: list[Pixels], tiles: Pixels, code: Pixels | None, only_tiles: bool = False
) -> Path:
    """Write the grid as one picture, pixel for pixel but in JPEG; returns its path.

    A name without an ending gets .png. Raises UserError where it cannot be written.
    """
    target = picture_path(path)
    if target != path and not is_missing(target):  # the dialog asked about another name
        raise UserError(f"{target} is there already: choose it by its full name to replace it.")
    page = sheet(np.stack(seen), tiles)
    draws = page[:, tiles.shape[3] + SEEN_GAP :]
    if only_tiles:
        page = draws
    elif code is not None:
        both = sheet(np.stack(seen), code[:, None])
        gap = np.full((len(page), SEEN_GAP, page.shape[2]), 96, np.uint8)
        page = np.concatenate([both, gap, draws], 1)
    with in_words(target, "cannot be written"):
        write_bytes(target, encoded(page, target))
    return target


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
