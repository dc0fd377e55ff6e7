"""Kinds of image files: what can be opened, how each begins, and what people take for images."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from functools import lru_cache

from PIL import Image

from trainer.messages import UserError

_FORMATS = (
    "PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF", "JPEG2000", "PPM", "PSD",
)  # fmt: skip
# How images begin, whatever they are called; formats that a text could begin like are left out.
_IMAGE = re.compile(
    rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|(?s:RIFF....WEBP)|II\*\0|MM\0\*"
    rb"|(?s:....ftyp(?:avi[fs]|hei[cfsmx]|hev[cmsx]|mif1|msf1))"
)
_HEIC = re.compile(rb"(?s)....ftyp(?:hei|hev|mif|msf)")
_MODELS = (".pt", ".pth", ".ckpt", ".bin", ".onnx", ".pkl", ".h5", ".keras")
_OTHER_MODEL = "a model of another program; IAE Studio opens .safetensors files that it wrote"
# Files that people take for images: what a start tells, and what the file then is.
_STRANGERS = (
    (rb"\s*<!doctype html|\s*<html", "a web page: save the image itself and open that"),
    (rb"(?s).*<svg\b", "an SVG drawing, which cannot be opened: convert it to PNG"),
    (_HEIC.pattern, "a HEIC photo: pip install pillow-heif to open it, or convert it to JPEG"),
    (
        rb"(?s)....ftyp(isom|iso\d|mp4|m4v|avc|qt|3g)|\x1a\x45\xdf\xa3|RIFF....AVI",
        "a video: save some of its frames as PNG and open those",
    ),
    (
        rb"PK\x03\x04|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|(?s:.{257})ustar",
        "packed: unpack it and open the folder, or pack it as .zip",
    ),
    (rb"%PDF", "a PDF document: export its page as PNG and open that"),
    (rb"[^\0-\x08\x0e-\x1f]+\Z", "text, not an image: choose a PNG or JPEG file"),
)


@lru_cache(maxsize=1)
def _load_plugins() -> None:
    Image.init()
    with suppress(ImportError):  # the extra "heic"
        from pillow_heif import register_heif_opener

        register_heif_opener()


@lru_cache(maxsize=1)
def suffixes() -> frozenset[str]:
    """The endings of the files that can be opened, with their dot. Loads Pillow's plugins."""
    _load_plugins()
    known = Image.registered_extensions().items()
    return frozenset(suffix for suffix, kind in known if kind in _FORMATS)


def reads_heic() -> bool:
    """Whether the library for HEIC photos is there."""
    _load_plugins()
    return "HEIF" in Image.OPEN


def is_unreadable_heic(data: bytes) -> bool:
    """Whether data are a HEIC photo, and the library that reads them is not there."""
    return not reads_heic() and _HEIC.match(data) is not None


def begins_as_image(head: bytes) -> bool:
    """Whether a file is an image by its first 16 bytes, whatever its name ends in."""
    return _IMAGE.match(head) is not None


def recognise(data: bytes, name: str) -> Image.Image:
    """Opens without decoding. `Image.open` would warn of large images, whatever we allow."""
    _load_plugins()
    failure: Exception | None = None
    for kind in _FORMATS:
        factory, accepts = Image.OPEN.get(kind, (None, None))
        try:
            if factory and accepts and accepts(data[:16]) is True:
                return factory(io.BytesIO(data), "")
        except Exception as error:
            failure = error
    if name.lower().endswith(_MODELS):
        raise UserError(f'"{name}" is {_OTHER_MODEL}.')
    readable_heic = "HEIF" in Image.OPEN and _HEIC.match(data)
    for start, what in () if readable_heic else _STRANGERS:
        if re.match(start, data[:4096], re.IGNORECASE):
            raise UserError(f'"{name}" is {what}.')
    raise failure or UserError(f'"{name}" is no image of a known kind: convert it to PNG.')
