"""Grey images of 16 or 32 bits: which of their values is black, and which is white. No torch."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from trainer.data.image_bands import bands
from trainer.recipe.grey_range import GreyRange

HEAD = 32  # bytes of a file that tell whether it may be deep
_DEPTHS = (1.0, 255.0, 4095.0, 65535.0)  # white of floats, and of 8, 12 and 16 bits
# TIFF, BigTIFF, portable maps, JPEG 2000; of a PNG the header tells.
_MAY_BE_DEEP = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"P2", b"P5", b"Pf", b"\xff\x4f\xff\x51")
_JP2 = b"\0\0\0\x0cjP"


@dataclass(frozen=True)
class Extent:
    """The least and the greatest value of a deep image, or of several, and whether one is float."""

    low: float
    high: float
    floats: bool

    @classmethod
    def of(cls, image: Image.Image) -> Extent:
        """Of one image; what is not a finite number counts as 0."""
        low, high = math.inf, -math.inf
        for _, band in bands(image):
            values = _values(band)
            low, high = min(low, float(values.min())), max(high, float(values.max()))
        return cls(low, high, image.mode == "F")


def is_deep(image: Image.Image) -> bool:
    """Whether an image's grey has more than 8 bits."""
    return image.mode == "F" or image.mode.startswith("I")


def may_be_deep(head: bytes) -> bool:
    """Whether a file that begins so must be looked at to know; `head` has HEAD bytes, or all."""
    if head.startswith(b"\x89PNG") and len(head) > 25:
        depth, colour = struct.unpack_from("BB", head, 24)
        return bool(depth == 16 and colour == 0)
    return head.startswith((*_MAY_BE_DEEP, _JP2))


def range_of(extents: Iterable[Extent]) -> GreyRange | None:
    """The range that images together seem to have: the depth that holds them, or their own span."""
    known = list(extents)
    if not known:
        return None
    low, high = min(each.low for each in known), max(each.high for each in known)
    depths = _DEPTHS if any(each.floats for each in known) else _DEPTHS[1:]
    depth = next((depth for depth in depths if low >= 0 and high <= depth), None)
    return GreyRange(0.0, depth) if depth else GreyRange(low, high if high > low else low + 1)


def to_8_bits(
    image: Image.Image, known: GreyRange | None = None
) -> Callable[[Image.Image], Image.Image]:
    """What makes parts of a deep image L: in a known range, or in the one that it seems to have."""
    span = known or range_of([Extent.of(image)])
    assert span is not None  # of one image there always is one

    def converted(part: Image.Image) -> Image.Image:
        with np.errstate(all="ignore"):  # floats may be farther apart than floats go
            scaled = (_values(part) - span.black) * (255 / (span.white - span.black))
        return Image.fromarray(np.nan_to_num(np.rint(scaled).clip(0, 255)).astype(np.uint8))

    return converted


def _values(image: Image.Image) -> np.ndarray:
    values = np.asarray(image).astype(np.float32)
    return np.nan_to_num(values, nan=0, posinf=0, neginf=0)
