"""What the work threads do: decode files, see images anew, take test images, download data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from iae_studio.clipboard import to_png as to_png_bytes
from iae_studio.state.datasets import images_at_hand, with_data_at_hand
from iae_studio.state.inputs import Input, Sight, sight_of
from trainer.data.image_files import decode_image, list_images, read_image
from trainer.messages import Pixels, UserError
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import DATA_SETS, called
from trainer.reporting.sheets import SEEN_GAP, sheet, to_png
from trainer.storage.files import write_bytes

TEST_COUNT = 6


@dataclass(frozen=True, eq=False)
class Opened:
    """What came of a drop: the inputs, and a line for each file that could not be read."""

    inputs: list[Input]
    problems: list[str]


def open_files(paths: list[Path], sight: Sight, limit: int) -> Opened:
    """Decode files and folders; an unreadable one costs a line, not the others."""
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
            known = _from_file(path.name, read_image(path), sight)
            if known.seen.any() or not sight.ink:
                inputs.append(known)
            else:
                problems.append(f"{path.name} shows nothing: there is no ink on it.")
        except UserError as error:
            problems.append(str(error))
    if not files and not problems:
        names = ", ".join(path.name for path in paths[:3])
        problems.append(f"There are no images in {names}.")
    return Opened(inputs, problems)


def open_picture(picture: QImage, name: str, sight: Sight) -> Opened:
    """An image from the clipboard or a browser."""
    data = to_png_bytes(picture)
    try:
        return Opened([_from_file(name, data, sight)], [])
    except UserError as error:
        return Opened([], [str(error)])


def _from_file(name: str, data: bytes, sight: Sight) -> Input:
    # The whole is kept, for another network must see it as its training would; as a rule a file is
    # much smaller than its pixels.
    rgb = decode_image(data, name)
    return Input(name, sight(rgb), sight, data if len(data) < rgb.nbytes else rgb)


def read_sketch(drawing: Pixels, name: str, sight: Sight) -> Input | None:
    """A drawing uint8 [H, W] as the network sees it; None if there is no ink."""
    if not drawing.any():
        return None
    original = np.repeat(drawing[:, :, None], 3, 2)
    return Input(name, sight(original), sight, original)


def see_anew(inputs: list[Input], sight: Sight) -> list[tuple[Input, Input]]:
    """Each input, and the same as another network sees it."""
    pairs = []
    for known in inputs:
        original = known.seen if known.original is None else known.original
        rgb = decode_image(original, known.name) if isinstance(original, bytes) else original
        pairs.append((known, replace(known, seen=sight(rgb), sight=sight)))
    return pairs


def take_test_images(recipe: Recipe, root: Path | None, seed: int) -> list[Input]:
    """Test images of a recipe's data, or of drawn data in its place, chosen by the seed.

    Raises UserError where own images cannot be read.
    """
    from trainer.data.loading import some_test_images

    sight = sight_of(recipe)
    if sight is None or not images_at_hand(recipe):
        return []
    shown = with_data_at_hand(recipe, root)
    images, labels, index = some_test_images(shown, root, TEST_COUNT, seed)
    pixels = images.permute(0, 2, 3, 1).contiguous().numpy()
    word = "test" if shown is recipe else "drawn"
    return [
        Input(f"{word} {i}{_class_name(shown.data, label)}", image, sight, test=True)
        for i, label, image in zip(index.tolist(), labels.tolist(), pixels, strict=True)
    ]


def _class_name(data: str, label: int) -> str:
    names = DATA_SETS[data].class_names
    return f" ({names[label]})" if label < len(names) else ""


def save_sheet(
    path: Path, seen: list[Pixels], tiles: Pixels, code: Pixels | None, only_tiles: bool = False
) -> Path:
    """Write the grid as one PNG, pixel for pixel. Raises UserError where that fails."""
    page = sheet(np.stack(seen), tiles)
    draws = page[:, tiles.shape[3] + SEEN_GAP :]
    if only_tiles:
        page = draws
    elif code is not None:
        both = sheet(np.stack(seen), code[:, None])
        gap = np.full((len(page), SEEN_GAP, page.shape[2]), 96, np.uint8)
        page = np.concatenate([both, gap, draws], 1)
    try:
        write_bytes(path, to_png(page))
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.") from error
    return path


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
        called(DATA_SETS[name].download)(root, progress, cancelled)
    except Cancelled:
        return False
    return True
