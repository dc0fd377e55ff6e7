"""How large an image may be, and how much is decoded at once: a small file can hold much. No torch.

What an image takes is told from its header, before anything is decoded. The figures were measured
with Pillow 13 (benchmarks/hostile), the worst case of each format.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from trainer.data.image_bands import WHOLE
from trainer.data.jpeg2000 import memory_outside

MOST_BYTES = 600 << 20  # of memory that one image may take: 50 megapixels of 16-bit colour do
TOGETHER = 1 << 30  # bytes of all that are decoded at once; the others wait
LONGEST_SIDE = 1 << 17  # pixels: each row costs memory of its own
# A JPEG decodes at an eighth of its size; above 89 million Pillow warns of a GIF or TIFF itself.
_MOST_PIXELS = {"JPEG": 250_000_000, "MPO": 250_000_000, "GIF": 89_000_000, "TIFF": 89_000_000}
_OTHERS = 120_000_000
_MOST_SCANNED = 4_000_000_000  # pixels of a JPEG, over all its scans
_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}  # bytes a pixel, by mode
# Bytes a pixel that a decoder takes beside the image itself, without and with transparency.
_OUTSIDE = {"WEBP": (12, 12), "AVIF": (8, 10), "HEIF": (5, 9), "deep HEIF": (10, 17)}
_WORK = 64 << 20  # bytes that converting and shrinking a large image takes, band by band


def check_size(image: Image.Image) -> None:
    """Raises DecompressionBombError where an image has too many pixels."""
    most = _MOST_PIXELS.get(image.format or "", _OTHERS)
    if image.width * image.height > most or max(image.size) > LONGEST_SIDE:
        raise Image.DecompressionBombError(f"{image.width} x {image.height} pixels")


def memory_of(image: Image.Image, data: bytes, full: tuple[int, int]) -> int:
    """The bytes that an opened image takes to decode; it may be drafted, of a `full` size."""
    kind, pixels = image.format or "", image.width * image.height
    if kind == "HEIF" and image.info.get("bit_depth", 8) > 8:
        kind = "deep HEIF"
    stored = pixels * _STORED.get(image.mode, 4)
    outside = pixels * _OUTSIDE.get(kind, (0, 0))[image.mode == "RGBA"]
    if kind in ("JPEG", "MPO"):
        outside = _coefficients(image, data, full[0] * full[1])
    elif kind == "TIFF":
        stored, outside = _of_tiff(image, stored)
    elif kind == "JPEG2000":
        outside = memory_outside(data)
    return stored + max(outside, 12 * pixels if pixels <= WHOLE else _WORK)


def _coefficients(image: Image.Image, data: bytes, pixels: int) -> int:
    """What a JPEG of several scans keeps of all its pixels, two bytes a value."""
    scans = data.count(b"\xff\xda")  # its preview may have one too
    if pixels * scans > _MOST_SCANNED:
        raise Image.DecompressionBombError(f"{scans} scans")
    layers = [(across, down) for _, across, down, _ in getattr(image, "layer", ())]
    if scans < 2 or not layers:
        return 0
    across, down = (max(1, *values) for values in zip(*layers, (1, 1), strict=True))
    return int(2 * pixels * sum(a * d for a, d in layers) // (across * down))


def _of_tiff(image: Image.Image, stored: int) -> tuple[int, int]:
    """Of a TIFF: Pillow turns it upright by itself, and a strip or tile is unpacked as a whole."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(0x112, 1) != 1:
        stored *= 2
    bits = tags.get(0x102, (8,))
    per_pixel = max(4, sum(bits if isinstance(bits, tuple) else (bits,)) // 8)
    rows = max(min(tags.get(0x116, image.height), image.height), tags.get(0x143, 0))
    return stored, rows * max(image.width, tags.get(0x142, 0)) * per_pixel


def webp_memory(data: bytes) -> int:
    """The bytes that a WebP takes as soon as it is opened; 0 of any other.

    Raises DecompressionBombError where it has too many pixels.
    """
    width, height = _webp_size(data[:30])
    needed = width * height * (4 + max(_OUTSIDE["WEBP"]))
    if needed > MOST_BYTES:
        raise Image.DecompressionBombError(f"{width} x {height} pixels")
    return needed


def _webp_size(head: bytes) -> tuple[int, int]:
    kind, least = head[12:16], 25 if head[12:16] == b"VP8L" else 30
    if len(head) < least or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return 0, 0
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
        return width, height
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


_turn = threading.Condition()
_taken = 0


@contextmanager
def taking(count: int) -> Iterator[None]:
    """Waits until there is room for so many bytes beside what others decode.

    Not to be nested, or two could wait for each other. Raises DecompressionBombError where it is
    too much by itself.
    """
    global _taken
    if count > MOST_BYTES:
        raise Image.DecompressionBombError(f"{count} bytes")
    with _turn:
        _turn.wait_for(lambda: _taken + count <= TOGETHER)
        _taken += count
    try:
        yield
    finally:
        with _turn:
            _taken -= count
            _turn.notify_all()
