"""What the work thread does: decode files, take test images, read a drawing, download data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from iae_studio.clipboard import to_png as to_png_bytes
from iae_studio.inputs import Input
from trainer.files import write_bytes
from trainer.images import as_network_sees, decode_image, list_images, open_image
from trainer.messages import Pixels, UserError
from trainer.sheets import sheet, to_png

Shape = tuple[int, int, int]
TEST_COUNT = 6


@dataclass(frozen=True, eq=False)
class Opened:
    """What came of a drop: the inputs, and a line for each file that could not be read."""

    inputs: list[Input]
    problems: list[str]


def open_files(paths: list[Path], shape: Shape, limit: int) -> Opened:
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
            known = _input(path.name, open_image(path), shape)
            if known.seen.any():
                inputs.append(known)
            else:
                problems.append(f"{path.name} shows nothing: there is no ink on it.")
        except UserError as error:
            problems.append(str(error))
    if not files and not problems:
        names = ", ".join(path.name for path in paths[:3])
        problems.append(f"There are no images in {names}.")
    return Opened(inputs, problems)


def open_picture(picture: QImage, name: str, shape: Shape) -> Opened:
    """An image from the clipboard or a browser."""
    data = to_png_bytes(picture)
    try:
        return Opened([_input(name, decode_image(data, name), shape)], [])
    except UserError as error:
        return Opened([], [str(error)])


def _input(name: str, rgb: Pixels, shape: Shape) -> Input:
    return Input(name, as_network_sees(rgb, shape, digits=True))


def read_sketch(drawing: Pixels, name: str, shape: Shape) -> Input | None:
    """A drawing uint8 [H, W] as the network sees it; None if there is no ink."""
    if not drawing.any():
        return None
    return Input(name, as_network_sees(np.repeat(drawing[:, :, None], 3, 2), shape, digits=True))


def take_test_images(data: str, root: Path | None, seed: int) -> list[Input]:
    """Test images of a data set, chosen by the seed. Raises UserError where it is not at hand."""
    from trainer.data import some_test_images

    images, labels, index = some_test_images(data, root, TEST_COUNT, seed)
    pixels = images.permute(0, 2, 3, 1).contiguous().numpy()
    return [
        Input(f"test image {i} (a {label})", image, test=True)
        for i, label, image in zip(index.tolist(), labels.tolist(), pixels, strict=True)
    ]


def save_sheet(path: Path, seen: list[Pixels], tiles: Pixels) -> Path:
    """Write the grid as one PNG, pixel for pixel. Raises UserError where that fails."""
    try:
        write_bytes(path, to_png(sheet(np.stack(seen), tiles)))
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def download(
    root: Path | None, moved: Callable[[float], object], cancelled: Callable[[], bool]
) -> bool:
    """Fetch MNIST; False if the user stopped it or it failed after telling why."""
    from trainer.data.mnist import Cancelled, download_mnist

    try:
        download_mnist(root, lambda done, total: moved(done / total), cancelled)
    except Cancelled:
        return False
    return True
