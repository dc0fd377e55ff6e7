"""Image files, and pasted or dragged image data, as uint8 RGB."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from trainer.data.colour_profiles import in_srgb
from trainer.data.grey_depth import HEAD, Extent, is_deep, may_be_deep, range_of, to_8_bits
from trainer.data.ink import within
from trainer.data.natural_order import natural
from trainer.messages import Pixels, UserError
from trainer.recipe.grey_range import GreyRange
from trainer.storage.faults import told
from trainer.storage.regular import kind_of

_FORMATS = (
    "PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF", "JPEG2000", "PPM", "PSD",
)  # fmt: skip
# A JPEG decodes at an eighth of its size; above 89 million Pillow warns of a GIF or TIFF itself.
_MOST_PIXELS = {"JPEG": 250_000_000, "MPO": 250_000_000, "GIF": 89_000_000, "TIFF": 89_000_000}
_LONGEST = 2048  # no network here sees more, and no view shows more
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


class TooLargeError(UserError):
    """An image that would take more memory than any photo."""


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


def open_image(path: Path, grey_range: GreyRange | None = None) -> Pixels:
    """Returns the image in a file as [H, W, 3] RGB, upright, the longer side at most 2048.

    Transparency becomes white; of an animation the first frame counts. Raises `UserError`, which
    names the file, where no image can be read.
    """
    return decode_image(read_image(path), path.name or str(path), grey_range)


def read_image(path: Path) -> bytes:
    """The bytes of an image file, for `decode_image`. Raises `UserError`, which names the file."""
    name = path.name or str(path)
    try:
        if path.stat().st_size > 1 << 30:
            raise UserError(f'"{name}" is larger than a gigabyte: save a smaller copy as JPEG.')
        if not path.is_file():  # reading a pipe could wait for ever
            way = "open the files inside" if path.is_dir() else "choose a PNG or JPEG file"
            raise UserError(f'"{name}" is {kind_of(path)}, not an image: {way}.')
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def decode_image(
    data: bytes, name: str = "pasted image", grey_range: GreyRange | None = None
) -> Pixels:
    """Returns encoded image data as [H, W, 3], as `open_image` does; `name` is for `UserError`.

    Deep grey is scaled by `grey_range`; without one by the range that the image itself seems to
    have.
    """
    with _told(name):
        return _upright_rgb(_opened(data, name), grey_range)


def extent_of(data: bytes, name: str) -> Extent | None:
    """The values of a deep grey image; None of any other. Raises `UserError` where it is broken."""
    if not may_be_deep(data):
        return None
    with _told(name):
        image = _opened(data, name)
        if not is_deep(image):
            return None
        image.load()
        return Extent.of(image)


def common_range(files: Iterable[tuple[str, bytes]]) -> GreyRange | None:
    """One range for all deep grey images among named files; broken ones are passed over."""
    found = []
    for name, data in files:
        with suppress(UserError):
            found.append(extent_of(data, name))
    return range_of(extent for extent in found if extent is not None)


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels as they are stored, without decoding; None where it is broken."""
    with suppress(UserError), _told(""):
        return _opened(data, "").size
    return None


def _opened(data: bytes, name: str) -> Image.Image:
    """An image that is not too large, not decoded yet."""
    if not data:
        raise UserError(f'"{name}" is empty: save or download it again, or choose another image.')
    image = _recognise(data, name)
    if image.width * image.height > _MOST_PIXELS.get(image.format or "", 120_000_000):
        raise Image.DecompressionBombError(f"{image.width} x {image.height} pixels")
    return image


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What goes wrong with an image, in words."""
    try:
        yield
    except UserError:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise TooLargeError(f'"{name}" is too large to open: save a smaller copy of it.') from error
    except Exception as error:  # plugins raise nearly anything over broken data
        raise UserError(f'"{name}" is damaged or cut short: save or load it anew.') from error


def range_of_files(paths: Iterable[Path]) -> GreyRange | None:
    """One range for all deep grey images among files; what cannot be read is passed over."""
    found = []
    for path in paths:
        with suppress(UserError, OSError):
            if not path.is_file():  # reading a pipe could wait for ever
                continue
            with path.open("rb") as file:
                deep = may_be_deep(file.read(HEAD))
            found.append(extent_of(read_image(path), path.name) if deep else None)
    return range_of(extent for extent in found if extent is not None)


def upright_rgb(image: Image.Image, grey_range: GreyRange | None = None) -> Pixels:
    """Returns an image that Pillow opened as [H, W, 3], as `open_image` does; a copy is read.

    Raises `UserError` where its data are damaged.
    """
    try:
        return _upright_rgb(image.copy(), grey_range)
    except Exception as error:  # plugins raise nearly anything over broken data
        raise UserError("The image is damaged or cut short: save or load it anew.") from error


def list_images(paths: Iterable[Path], limit: int = 64) -> list[Path]:
    """Returns the given files, and the images directly inside the given folders, once each.

    Those of a folder are in natural order ("2" before "10") and not hidden. A path that is no
    folder stays, for opening it tells what is wrong. Raises `UserError` for unreadable folders.
    """
    found: dict[Path, None] = {}
    for path in paths:
        try:
            found.update(dict.fromkeys(_images_inside(path) if path.is_dir() else [path]))
        except OSError as error:
            raise _unreadable(path, error) from error
    return list(found)[: max(0, limit)]


def _unreadable(path: Path, error: OSError) -> UserError:
    if isinstance(error, FileNotFoundError):
        return UserError(f'"{path.name}" is not there: was it moved, renamed or deleted?')
    return UserError(told(error, f'"{path.name}"', "cannot be read"))


def _images_inside(folder: Path) -> list[Path]:
    files = (p for p in folder.iterdir() if p.suffix.lower() in suffixes() and p.name[0] != ".")
    return sorted(sorted(filter(Path.is_file, files)), key=lambda path: natural(path.name))


def _recognise(data: bytes, name: str) -> Image.Image:
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


def _upright_rgb(image: Image.Image, grey_range: GreyRange | None) -> Pixels:
    image.draft(None, within(image.size, _LONGEST))  # a JPEG decoder can skip most of the work
    image.load()
    with suppress(Exception):  # a broken EXIF block does not spoil the picture
        image = ImageOps.exif_transpose(image)
    if is_deep(image):
        image = Image.fromarray(to_8_bits(image, grey_range)).convert("RGB")
    else:
        image = in_srgb(image)
    size = within(image.size, _LONGEST)
    if size != image.size:  # Pillow premultiplies alpha here
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", size, "white"), image)
    return np.array(image.convert("RGB"))
