"""Folders and archives of small images for the tests."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image


def png(colour: tuple[int, int, int] | str, size: tuple[int, int] = (20, 20)) -> bytes:
    """A plain one."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def grey(level: int) -> bytes:
    """A plain one of a grey level."""
    return png((level, level, level))


def photo(number: int, size: tuple[int, int] = (48, 36), kind: str = "JPEG") -> bytes:
    """One that differs from all others of another number, coarse enough to survive scaling."""
    coarse = np.random.default_rng(number).integers(0, 256, (3, 4, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(file, kind)
    return file.getvalue()


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
