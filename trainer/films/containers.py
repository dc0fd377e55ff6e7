"""Animated GIF, PNG and WebP, written frame by frame.

Pillow encodes each picture; what puts them together is here, because Pillow holds all frames of a
film before it writes the first, and drops those that look alike. Nothing is held here.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import IO, Any

from PIL import Image

from trainer.films.colours import Colours
from trainer.messages import Pixels

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def times(ticks: Sequence[int], rate: int, unit: int) -> list[int]:
    """How long each frame stands, in so many parts of a second; rounding adds up to nothing."""
    ends = [round(unit * end / rate) for end in accumulate(ticks)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def as_image(picture: Pixels) -> Image.Image:
    """Grey, or RGB."""
    return Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture)


# ---- PNG -----------------------------------------------------------------------------------------


def write_apng(
    file: IO[bytes], pictures: Iterator[Pixels], ticks: Sequence[int], rate: int
) -> None:
    """An animated PNG that plays for ever; every pixel as it is."""
    number = 0
    for place, picture in enumerate(pictures):
        chunks = list(_png_chunks(_encoded(as_image(picture), "PNG")))
        if not place:
            file.write(_SIGNATURE)
            _png_chunk(file, b"IHDR", chunks[0][1])
            _png_chunk(file, b"acTL", struct.pack(">II", len(ticks), 0))
        high, wide = picture.shape[:2]
        about = struct.pack(">IIIIIHHBB", number, wide, high, 0, 0, ticks[place], rate, 0, 0)
        _png_chunk(file, b"fcTL", about)
        number += 1
        for data in (data for name, data in chunks if name == b"IDAT"):
            if not place:
                _png_chunk(file, b"IDAT", data)
            else:
                _png_chunk(file, b"fdAT", struct.pack(">I", number) + data)
                number += 1
    _png_chunk(file, b"IEND", b"")


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        yield name, data[at + 8 : at + 8 + size]
        at += 12 + size


def _png_chunk(file: IO[bytes], name: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + name + data)
    file.write(struct.pack(">I", zlib.crc32(name + data)))


# ---- WebP ----------------------------------------------------------------------------------------


def write_webp(
    file: IO[bytes], pictures: Iterator[Pixels], ticks: Sequence[int], rate: int
) -> None:
    """An animated WebP that plays for ever; every pixel as it is. The file must be seekable."""
    start = file.tell()
    for picture, stands in zip(pictures, times(ticks, rate, 1000), strict=True):
        size = _three(picture.shape[1] - 1) + _three(picture.shape[0] - 1)
        if file.tell() == start:
            file.write(b"RIFF\0\0\0\0WEBP")
            _riff_chunk(file, b"VP8X", b"\x02\0\0\0" + size)  # it is animated
            _riff_chunk(file, b"ANIM", b"\0\0\0\xff" + struct.pack("<H", 0))
        still = _encoded(as_image(picture), "WEBP", lossless=True, quality=50, method=4)
        parts = io.BytesIO()
        for name, data in _riff_chunks(still):
            if name in (b"VP8L", b"VP8 "):
                _riff_chunk(parts, name, data)
        # At the corner, in place of what was there before.
        _riff_chunk(file, b"ANMF", bytes(6) + size + _three(stands) + b"\x02" + parts.getvalue())
    end = file.tell()
    file.seek(start + 4)
    file.write(struct.pack("<I", end - start - 8))
    file.seek(end)


def _three(number: int) -> bytes:
    return struct.pack("<I", number)[:3]


def _riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack("<4sI", data[at : at + 8])
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _riff_chunk(file: IO[bytes], name: bytes, data: bytes) -> None:
    file.write(name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2))


# ---- GIF -----------------------------------------------------------------------------------------


def write_gif(
    file: IO[bytes],
    pictures: Iterator[Pixels],
    ticks: Sequence[int],
    rate: int,
    colours: Colours,
) -> None:
    """An animated GIF that plays for ever, all of it in the same colours."""
    for place, (picture, stands) in enumerate(zip(pictures, times(ticks, rate, 100), strict=True)):
        still = _encoded(colours.image(picture), "GIF", optimize=False, interlace=0)
        start = 13 + 3 * 2 ** ((still[10] & 7) + 1)  # behind the header and its colours
        if not place:
            file.write(b"GIF89a" + still[6:start])
            file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0")
        file.write(b"\x21\xf9\x04\x04" + struct.pack("<H", stands) + b"\0\0")
        file.write(still[still.index(b",", start) : -1])
    file.write(b";")
