"""Bad images, folders and .zip files; and what lies there but is no file."""

from __future__ import annotations

import io
import os
import random
import socket
import zipfile
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.hostile import bombs
from benchmarks.hostile.spoiling import behind_magic, spoiled
from trainer.data.image_kinds import suffixes

SIDE = 20
EXIF = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
ENDINGS = {
    "PNG": "png",
    "JPEG": "jpg",
    "WEBP": "webp",
    "GIF": "gif",
    "BMP": "bmp",
    "TIFF": "tif",
    "AVIF": "avif",
    "HEIF": "heic",
    "JPEG2000": "jp2",
    "PPM": "ppm",
    "MPO": "mpo",
}


# ---- images --------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def encoded(kind: str, mode: str) -> bytes:
    """A small picture in a format."""
    suffixes()  # loads the plugins
    grey = np.add.outer(np.arange(48), np.arange(64)).astype(np.uint8) * 2
    image = (
        Image.fromarray(grey.astype(np.uint16) * 99)
        if mode == "I;16"
        else Image.fromarray(grey).convert(mode)
    )
    stream = io.BytesIO()
    more: dict[str, object] = (
        {"exif": EXIF} if kind in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF") else {}
    )
    if kind == "TIFF":
        more["compression"] = "tiff_lzw"
    if kind == "MPO":
        more = {"save_all": True, "append_images": [image]}
    if kind == "GIF":
        more = {
            "save_all": True,
            "append_images": [image.transpose(Image.Transpose.ROTATE_180)] * 2,
        }
    image.save(stream, kind, **more)
    return stream.getvalue()


MODES = {
    "PNG": ("RGB", "RGBA", "L", "LA", "P", "1", "I;16"),
    "JPEG": ("RGB", "L", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("L", "P"),
    "BMP": ("RGB", "P", "1"),
    "TIFF": ("RGB", "RGBA", "L", "I;16", "F", "CMYK", "1"),
    "JPEG2000": ("RGB", "L", "RGBA"),
    "PPM": ("RGB", "L", "1", "I;16"),
}


def make_image(rng: random.Random, folder: Path, kind: str) -> Path:
    data = encoded(kind, rng.choice(MODES.get(kind, ("RGB",))))
    path = folder / f"image.{ENDINGS[kind]}"
    path.write_bytes(behind_magic(rng, data) if rng.random() < 0.1 else spoiled(rng, data, 100))
    return path


def make_bomb(rng: random.Random, folder: Path) -> Path:
    ending, data = bombs.bomb(rng)
    path = folder / f"bomb.{ending}"
    path.write_bytes(data)
    return path


def read_image(path: Path) -> object:
    from trainer.data.image_files import open_image, range_of_files

    range_of_files([path])
    return open_image(path)


# ---- folders and .zip ----------------------------------------------------------------------------


@lru_cache(maxsize=8)
def archive(packing: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as made:
        for number in range(SIDE):
            made.writestr(
                f"photos/{'cats' if number % 2 else 'dogs'}/{number}.png", encoded("PNG", "L")
            )
    return stream.getvalue()


NAMES = (
    *("../../x.png", "/etc/x.png", "C:\\x.png", "a\0b.png", "1" * 4500 + ".png", "\u202e.png"),
    *("a/" * 300 + "x.png", "x" * 5000 + ".png", "/", "..", "a//b.png", "\ud800.png", "CON.png"),
    *(" .png", "inner.zip", "\u00bd\u0663\u00b2.png", ".png", "a/.png", "\u0663" * 4500 + ".png"),
)


def make_zip(rng: random.Random, folder: Path) -> Path:
    path = folder / "photos.zip"
    packing = rng.choice(
        (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    )
    data, kind = archive(packing), rng.randrange(6)
    if kind < 3:
        data = spoiled(rng, data)
    elif kind == 3:  # its list of names, with fields changed
        out, at = bytearray(data), data.find(b"PK\x01\x02")
        for _ in range(rng.choice((1, 1, 3))):
            start = rng.randrange(at, len(out) - 4)
            out[start : start + 2] = rng.choice((b"\xff\xff", b"\0\0", b"\xff\0", rng.randbytes(2)))
        data = bytes(out)
    else:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", packing) as made:
            for number in range(SIDE):
                made.writestr(f"{number}.png", encoded("PNG", "RGB"))
            for name in rng.sample(NAMES, 4):
                with suppress(UnicodeError):
                    made.writestr(name.replace("\0", "#"), encoded("PNG", "L"))
            if kind == 5:
                made.writestr("bomb.png", bytes(rng.choice((1 << 20, 200 << 20))))
        data = stream.getvalue().replace(b"a#b.png", b"a\0b.png")
    path.write_bytes(data)
    return path


def make_folder(rng: random.Random, folder: Path) -> Path:
    place = folder / "photos"
    place.mkdir()
    for number in range(SIDE):
        (place / f"{number}.png").write_bytes(encoded("PNG", "L"))
    for number in range(3):
        make_odd(rng, place / f"odd{number}.png")
        kind = rng.choice(sorted(MODES))
        (place / f"spoiled{number}.{ENDINGS[kind]}").write_bytes(
            spoiled(rng, encoded(kind, MODES[kind][0]))
        )
    return place


def read_photos(path: Path) -> object:
    from trainer.data.preprocessing import Preprocess
    from trainer.data.sets.folder import read_folder

    return read_folder(path, Preprocess((16, 16, 3)))


def make_odd(rng: random.Random, path: Path) -> None:
    """No file, but what could be taken for one."""
    if os.name == "nt":
        path.mkdir()
        return
    kind = rng.randrange(7)
    path.unlink(missing_ok=True)
    if kind == 0:
        os.mkfifo(path)
    elif kind == 1:
        path.symlink_to(
            rng.choice(("/dev/zero", "/dev/random", "/dev/full", "/dev/tty", "/proc/self/mem"))
        )
    elif kind == 2:
        path.mkdir()
    elif kind == 3:
        path.symlink_to(path.name)
    elif kind == 4:
        path.symlink_to("nowhere")
    elif kind == 5:
        os.mkfifo(path.with_suffix(".pipe"))
        path.symlink_to(path.with_suffix(".pipe").name)
    else:
        with suppress(OSError), closing(socket.socket(socket.AF_UNIX)) as server:
            server.bind(os.path.relpath(path))
