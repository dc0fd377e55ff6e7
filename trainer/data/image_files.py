"""Image files, and pasted or dragged image data, as uint8 RGB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from PIL import Image

from trainer.data.colour_profiles import to_srgb
from trainer.data.grey_depth import HEAD, Extent, is_deep, may_be_deep, range_of, to_8_bits
from trainer.data.image_bands import shrunk
from trainer.data.image_kinds import recognise, suffixes
from trainer.data.image_limits import check_size, memory_of, taking, webp_memory
from trainer.data.ink import within
from trainer.data.natural_order import natural
from trainer.data.png_texts import without_ours
from trainer.messages import Pixels, UserError
from trainer.recipe.grey_range import GreyRange
from trainer.storage.faults import told
from trainer.storage.regular import NotAFileError, kind_of, open_regular

_LARGEST_FILE = 1 << 30  # bytes
_LONGEST = 2048  # no network here sees more, and no view shows more
# How EXIF's orientations are turned upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class TooLargeError(UserError):
    """An image that would take more memory than any photo."""


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
        with open_regular(path) as file:
            data = file.read(_LARGEST_FILE + 1)
    except NotAFileError as error:
        way = "open the files inside" if path.is_dir() else "choose a PNG or JPEG file"
        raise UserError(f'"{name}" is {kind_of(path)}, not an image: {way}.') from error
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if len(data) > _LARGEST_FILE:
        raise UserError(f'"{name}" is larger than a gigabyte: save a smaller copy as JPEG.')
    return data


def decode_image(
    data: bytes, name: str = "pasted image", grey_range: GreyRange | None = None
) -> Pixels:
    """Returns encoded image data as [H, W, 3], as `open_image` does; `name` is for `UserError`.

    Deep grey is scaled by `grey_range`; without one by the range that the image itself seems to
    have.
    """
    with _told(name), _opened(data, name, draft=True) as image:
        return _upright_rgb(image, grey_range)


def extent_of(data: bytes, name: str) -> Extent | None:
    """The values of a deep grey image; None of any other. Raises `UserError` where it is broken."""
    if not may_be_deep(data):
        return None
    with _told(name), _opened(data, name) as image:
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
    with suppress(UserError), _told(""), _opened(data, "") as image:
        return image.size
    return None


@contextmanager
def _opened(data: bytes, name: str, draft: bool = False) -> Iterator[Image.Image]:
    """An image that is not too large, not decoded yet, and the memory that it takes.

    A `draft` of a JPEG is smaller where so many pixels are not needed.
    """
    if not data:
        raise UserError(f'"{name}" is empty: save or download it again, or choose another image.')
    data = without_ours(data)
    at_once = webp_memory(data)
    with taking(at_once):
        image = recognise(data, name)
        check_size(image)
        full = image.size
        if draft:  # a JPEG decoder can skip most of the work
            image.draft(None, within(full, _LONGEST))
        with taking(0 if at_once else memory_of(image, data, full)):
            yield image


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
        with suppress(UserError, OSError, ValueError):
            with open_regular(path) as file:
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
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error
    return list(found)[: max(0, limit)]


def _unreadable(path: Path, error: OSError | ValueError) -> UserError:
    if isinstance(error, ValueError):
        return UserError(f"{str(path)!r} is no name that a file can have: choose another.")
    if isinstance(error, FileNotFoundError):
        return UserError(f'"{path.name}" is not there: was it moved, renamed or deleted?')
    return UserError(told(error, f'"{path.name}"', "cannot be read"))


def _images_inside(folder: Path) -> list[Path]:
    files = (p for p in folder.iterdir() if p.suffix.lower() in suffixes() and p.name[0] != ".")
    return sorted(sorted(filter(Path.is_file, files)), key=lambda path: natural(path.name))


def _upright_rgb(image: Image.Image, grey_range: GreyRange | None) -> Pixels:
    image.load()
    turn = None
    with suppress(Exception):  # a broken EXIF block does not spoil the picture
        turn = _TURNS.get(image.getexif().get(0x112, 1))
    convert = to_8_bits(image, grey_range) if is_deep(image) else to_srgb(image)
    made = shrunk(image, within(image.size, _LONGEST), convert)
    if turn is not None:
        made = made.transpose(turn)
    if made.mode == "RGBA":
        made = Image.alpha_composite(Image.new("RGBA", made.size, "white"), made)
    return np.array(made.convert("RGB"))
