"""Folders and archives of small images for the tests, and how they are read."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from trainer.data.folders import decoding
from trainer.data.preprocessing import Preprocess
from trainer.data.progress import OnProgress, unheard
from trainer.data.sets import folder as folder_set


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image as a file of that kind."""
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def png(colour: tuple[int, int, int] | str, size: tuple[int, int] = (20, 20)) -> bytes:
    """A plain one."""
    return encoded(Image.new("RGB", size, colour), "PNG")


def grey(level: int) -> bytes:
    """A plain one of a grey level."""
    return png((level, level, level))


def photo(number: int, size: tuple[int, int] = (48, 36), kind: str = "JPEG") -> bytes:
    """One that differs from all others of another number, coarse enough to survive scaling."""
    coarse = np.random.default_rng(number).integers(0, 256, (3, 4, 3), np.uint8)
    return encoded(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC), kind)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Files into a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def pack(path: Path, files: dict[str, bytes]) -> Path:
    """Files into a .zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def photos(count: int, below: str = "", first: int = 0) -> dict[str, bytes]:
    """So many that differ."""
    return {f"{below}IMG_{first + i:04}.jpg": photo(first + i) for i in range(count)}


def read_folder(
    path: Path, size: int, colour: bool, pad: bool = False, progress: OnProgress = unheard
) -> decoding.Decoded:
    """A folder or archive as a training reads it."""
    look = Preprocess((size, size, 3 if colour else 1), pad=pad)
    return folder_set.read_folder(path, look, progress=progress)


def load_folder(
    path: Path, size: int, colour: bool, pad: bool = False
) -> tuple[torch.Tensor, torch.Tensor, tuple[str, ...]]:
    """Images, labels and class names."""
    found = read_folder(path, size, colour, pad)
    return found.images, torch.tensor(found.inventory.labels), found.inventory.class_names


def problems(found: decoding.Decoded) -> list[str]:
    """What reading the broken files said."""
    return [each.told for each in found.inventory.left_out if each.told]


PLAIN = {f"photo {i}.png": grey(i * 10) for i in range(20)}
CLASSES = {f"{kind}/{i}.png": grey(i * 10) for kind in ("dog 10", "dog 9", "Cat") for i in range(8)}


def put(tmp_path: Path, files: dict[str, bytes], packed: bool) -> Path:
    """Files into a folder, or into a .zip."""
    if packed:
        return pack(tmp_path / "mine.zip", files)
    return write(tmp_path / "mine", files)


packed_or_not = pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
