"""What the work threads do: decode files, see images anew, take test images, download data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QImage

from iae_studio.clipboard import to_png as to_png_bytes
from iae_studio.state.datasets import images_at_hand, with_data_at_hand
from iae_studio.state.inputs import Input, Sight, sight_of
from trainer.data.image_files import as_network_sees, decode_image, list_images, open_image
from trainer.messages import Pixels, UserError
from trainer.recipe.recipe import Recipe
from trainer.reporting.sheets import SEEN_GAP, sheet, to_png
from trainer.storage.files import write_bytes

TEST_COUNT = 6
LONGEST = 256  # px of an original that is kept
NAMED = ("mnist", "svhn", "drawn-digits", "drawn-numbers")  # their classes are digits
CLOTHES = (
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot",
)  # fmt: skip


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
            known = _input(path.name, open_image(path), sight)
            if known.seen.any() or not sight.digits:
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
        return Opened([_input(name, decode_image(data, name), sight)], [])
    except UserError as error:
        return Opened([], [str(error)])


def _input(name: str, rgb: Pixels, sight: Sight) -> Input:
    # Also the first network sees what is kept, so that coming back shows the same pixels.
    original = _reduced(rgb)
    return Input(name, as_network_sees(original, sight.shape, sight.digits), sight, original)


def _reduced(rgb: Pixels) -> Pixels:
    height, width = rgb.shape[:2]
    scale = LONGEST / max(height, width)
    if scale >= 1:
        return rgb
    size = max(1, round(width * scale)), max(1, round(height * scale))
    image = Image.fromarray(rgb).resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)
    return np.array(image)


def read_sketch(drawing: Pixels, name: str, sight: Sight) -> Input | None:
    """A drawing uint8 [H, W] as the network sees it; None if there is no ink."""
    if not drawing.any():
        return None
    return _input(name, np.repeat(drawing[:, :, None], 3, 2), sight)


def see_anew(inputs: list[Input], sight: Sight) -> list[tuple[Input, Input]]:
    """Each input, and the same as another network sees it."""
    pairs = []
    for known in inputs:
        rgb = known.original if known.original is not None else known.seen
        seen = as_network_sees(rgb, sight.shape, sight.digits)
        pairs.append((known, replace(known, seen=seen, sight=sight)))
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
    if data in NAMED:
        return f" ({label})"
    return f" ({CLOTHES[label]})" if data == "fashion-mnist" else ""


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
    from trainer.data.sets.mnist import download_mnist
    from trainer.data.sets.svhn import download_svhn

    def progress(done: int, total: int) -> None:
        moved(done / max(1, total))

    try:
        if name == "svhn":
            download_svhn(root, progress, cancelled)
        else:
            download_mnist(root, progress, cancelled, name)
    except Cancelled:
        return False
    return True
