"""Turns image files, and pasted or dragged image data, into the uint8 array that a network sees."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps

from trainer.messages import Floats, Pixels, UserError

_FORMATS = ("PNG", "JPEG", "MPO", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM", "PSD")
# A JPEG decodes at an eighth of its size; above 89 million Pillow warns of a GIF or TIFF itself.
_MOST_PIXELS = {"JPEG": 250_000_000, "MPO": 250_000_000, "GIF": 89_000_000, "TIFF": 89_000_000}
_LONGEST = 2048  # no network here sees more, and no view shows more
# Files that people take for images: what a start tells, and what the file then is.
_STRANGERS = (
    (rb"\s*<!doctype html|\s*<html", "a web page: save the image itself and open that"),
    (rb"(?s).*<svg\b", "an SVG drawing, which cannot be opened: convert it to PNG"),
    (rb"(?s)....ftyp(hei|hev|mif|msf)", "a HEIC photo, which cannot be opened: convert it to PNG"),
    (rb"%PDF", "a PDF document: export its page as PNG and open that"),
    (rb"[^\0-\x08\x0e-\x1f]+\Z", "text, not an image: choose a PNG or JPEG file"),
)


@lru_cache(maxsize=1)
def suffixes() -> frozenset[str]:
    """The endings of the files that can be opened, with their dot. Loads Pillow's plugins."""
    known = Image.registered_extensions().items()
    return frozenset(suffix for suffix, kind in known if kind in _FORMATS)


def open_image(path: Path) -> Pixels:
    """Returns the image in a file as [H, W, 3] RGB, upright, the longer side at most 2048.

    Transparency becomes white; of an animation the first frame counts. Raises `UserError`, which
    names the file, where no image can be read.
    """
    name = path.name or str(path)
    try:
        if path.stat().st_size > 1 << 30:
            raise UserError(f'"{name}" is larger than a gigabyte: save a smaller copy as JPEG.')
        if not path.is_file():  # reading a pipe could wait for ever
            raise UserError(f'"{name}" is a folder or device, not an image: open the files inside.')
        return decode_image(path.read_bytes(), name)
    except OSError as error:
        raise _unreadable(path, error) from error


def decode_image(data: bytes, name: str = "pasted image") -> Pixels:
    """Returns encoded image data as [H, W, 3], as `open_image` does; `name` is for `UserError`."""
    if not data:
        raise UserError(f'"{name}" is empty: save or download it again, or choose another image.')
    try:
        image = _recognise(data, name)
        if image.width * image.height > _MOST_PIXELS.get(image.format or "", 120_000_000):
            raise Image.DecompressionBombError(f"{image.width} x {image.height} pixels")
        return _upright_rgb(image)
    except UserError:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise UserError(f'"{name}" is too large to open: save a smaller copy of it.') from error
    except Exception as error:  # plugins raise nearly anything over broken data
        raise UserError(f'"{name}" is damaged or cut short: save or load it anew.') from error


def upright_rgb(image: Image.Image) -> Pixels:
    """Returns an image that Pillow opened as [H, W, 3], as `open_image` does; a copy is read.

    Raises `UserError` where its data are damaged.
    """
    try:
        return _upright_rgb(image.copy())
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


def as_network_sees(rgb: Pixels, shape: tuple[int, int, int], digits: bool) -> Pixels:
    """Returns an image [h, w, 3] (or [h, w, 1]) as `shape`, [H, W, C] with C of 1 or 3.

    For `digits`, the ink of a drawing or photo becomes white on black, sized and centred as in
    MNIST; else the middle is cropped and resized. What already is as wanted passes unchanged.
    Raises `ValueError` for other shapes.
    """
    height, width, channels = shape
    if rgb.ndim != 3 or rgb.shape[2] not in (1, 3) or channels not in (1, 3) or not rgb.size:
        raise ValueError(f"cannot turn an image of shape {rgb.shape} into {shape}")
    image = Image.fromarray(rgb.squeeze(2) if rgb.shape[2] == 1 else rgb)
    if digits:
        image = Image.fromarray(_digit(image.convert("L"), height, width))
    elif image.size != (width, height):
        image = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    return np.array(image.convert("L" if channels == 1 else "RGB")).reshape(shape)


def _unreadable(path: Path, error: OSError) -> UserError:
    if isinstance(error, FileNotFoundError):
        return UserError(f'"{path.name}" is not there: was it moved, renamed or deleted?')
    return UserError(f'"{path.name}" cannot be read ({error.strerror}): check its permissions.')


def _images_inside(folder: Path) -> list[Path]:
    def natural(path: Path) -> list[str | int]:
        parts = re.split(r"(\d+)", path.name)
        return [int(part) if part.isdecimal() else part.casefold() for part in parts]

    files = (p for p in folder.iterdir() if p.suffix.lower() in suffixes() and p.name[0] != ".")
    return sorted(sorted(filter(Path.is_file, files)), key=natural)


def _recognise(data: bytes, name: str) -> Image.Image:
    """Opens without decoding. `Image.open` would warn of large images, whatever we allow."""
    Image.init()  # the plugins
    failure: Exception | None = None
    for kind in _FORMATS:
        factory, accepts = Image.OPEN.get(kind, (None, None))
        try:
            if factory and accepts and accepts(data[:16]) is True:
                return factory(io.BytesIO(data), "")
        except Exception as error:
            failure = error
    for start, what in _STRANGERS:
        if re.match(start, data[:4096], re.IGNORECASE):
            raise UserError(f'"{name}" is {what}.')
    raise failure or UserError(f'"{name}" is no image of a known kind: convert it to PNG.')


def _upright_rgb(image: Image.Image) -> Pixels:
    image.draft(None, _within(image.size, _LONGEST))  # a JPEG decoder can skip most of the work
    image.load()
    with suppress(Exception):  # a broken EXIF block does not spoil the picture
        image = ImageOps.exif_transpose(image)
    if image.mode == "F" or image.mode.startswith("I"):
        image = Image.fromarray(_to_8_bits(image))
    else:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    size = _within(image.size, _LONGEST)
    if size != image.size:  # Pillow premultiplies alpha here
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", size, "white"), image)
    return np.array(image.convert("RGB"))


def _within(size: tuple[int, int], longest: int, most: float = 1.0) -> tuple[int, int]:
    scale = min(most, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _to_8_bits(image: Image.Image) -> Pixels:
    """Scales deep grey by the depth that it seems to have; by its own range if it has none."""
    values = np.nan_to_num(np.asarray(image).astype(np.float32), nan=0, posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    depths = (1.0, 255.0, 4095.0, 65535.0)[image.mode != "F" :]
    depth = next((depth for depth in depths if low >= 0 and high <= depth), None)
    bottom, span = (0.0, depth) if depth else (low, high - low or 1.0)
    return np.asarray(np.rint((values - bottom) * (255 / span)), np.uint8)


def _digit(image: Image.Image, height: int, width: int) -> Pixels:
    grey, picture = np.array(image), np.zeros((height, width), np.uint8)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if grey.shape == picture.shape and np.mean(border == 0) > 0.9:  # 0.94 at the least in MNIST
        return grey
    ink = _ink(image)
    if not ink.any():
        return picture
    glyph = _fitted(ink, max(1, round(min(height, width) * 20 / 28)))
    # As in MNIST, whose mean centre of mass is pixel (14, 14), counted from 0, and not 13.5.
    mass, (rows, columns) = glyph.sum(), glyph.shape
    top = round(height / 2 - float(glyph.sum(1) @ np.arange(rows) / mass))
    left = round(width / 2 - float(glyph.sum(0) @ np.arange(columns) / mass))
    top, left = max(0, min(top, height - rows)), max(0, min(left, width - columns))
    picture[top : top + rows, left : left + columns] = np.rint(glyph * 255)
    return picture


def _ink(image: Image.Image) -> Floats:
    """Returns how much ink is where, 0 to 1, cropped to the ink; only zeros if there is none."""
    image = image.resize(_within(image.size, 384), Image.Resampling.BOX)
    lag = max(1, max(image.size) // 96)
    if lag > 1:  # smooths the grain of paper and sensor, but spares a small clean drawing
        image = image.filter(ImageFilter.GaussianBlur(lag / 4))
    grey, paper = np.asarray(image, np.float32), _paper(image)
    if np.mean((grey - paper) ** 3) > 0:  # what differs from the paper is lighter: chalk on slate
        grey, paper = 255 - grey, 255 - paper
    ink: Floats = (paper - grey) / paper.clip(80)
    # Neighbours differ by grain, hardly by uneven light, few by ink; 0.45 is its lower quartile.
    steps = np.abs(ink[:, lag:] - ink[:, :-lag])
    noise = float(np.quantile(steps, 0.25)) / 0.45 if steps.size else 0.0
    peak = float(np.quantile(ink, 0.999))
    if peak < max(0.06, 6 * noise):
        return np.zeros((1, 1), np.float32)
    mask = _main_blobs(ink > max(0.35 * peak, 4.5 * noise))
    full = float(np.quantile(ink[mask], 0.9))
    near = Image.fromarray(mask).convert("L").filter(ImageFilter.BoxBlur(1 + lag // 2))
    ink = ((ink - 3 * noise) / (full - 3 * noise)).clip(0, 1) * (np.asarray(near) > 0)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _paper(image: Image.Image) -> Floats:
    """Returns the bare paper's brightness: the median around, for less than half is ink."""
    small = np.asarray(image.resize(_within(image.size, 48), Image.Resampling.BOX), np.float32)
    # Continued outwards by its slope, lest the median lag behind uneven light at the border.
    wide = Image.fromarray(np.pad(small, 13, mode="reflect", reflect_type="odd"))
    level = ImageOps.crop(wide.filter(ImageFilter.MedianFilter(27)), 13).resize(image.size)
    return np.asarray(level, np.float32).clip(0, 255)


def _main_blobs(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Keeps the connected parts that can be the digit: no specks, no edge of a table."""
    left = set(map(tuple, np.argwhere(mask).tolist()))
    blobs = []
    while left:
        blob = [left.pop()]
        for y, x in blob:  # grows as it runs
            near = left.intersection((y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
            left -= near
            blob += near
        blobs.append(np.array(blob))
    end = np.array(mask.shape) - 1
    inner = [blob for blob in blobs if blob.min() > 0 and (blob < end).all()]
    if max(map(len, inner), default=0) > 0.05 * max(map(len, blobs)):
        blobs = inner
    least = 0.04 * max(map(len, blobs))
    kept = np.zeros_like(mask)
    kept[tuple(np.concatenate([blob for blob in blobs if len(blob) > least]).T)] = True
    return kept


def _fitted(ink: Floats, side: int) -> Floats:
    """Scales ink to a longer side of `side`; fine strokes are widened first, lest they fade."""
    image = Image.fromarray(ink)
    step = max(1, round(max(ink.shape) / side / 10))
    for _ in range(8):
        size = _within(image.size, side, most=side)
        glyph = np.asarray(image.resize(size, Image.Resampling.HAMMING), np.float32)
        # The mean over the ink: 0.78 to 0.91 in MNIST, 2/3 for lines of one pixel between two.
        if float((glyph**2).sum() / glyph.sum()) > 0.8 or max(ink.shape) < 2 * side:
            break
        image = ImageOps.expand(image, step).filter(ImageFilter.MaxFilter(2 * step + 1))
    return (glyph / np.float32(glyph.max())).clip(0, 1)
