"""Turns image files, and pasted or dragged image data, into the uint8 array that a network sees."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, ImageFilter, ImageOps

from trainer.messages import Floats, Pixels, UserError

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM", "QOI", "PSD")
# A JPEG decodes at an eighth of its size; above 89 million Pillow warns of a GIF or TIFF itself.
_MOST_PIXELS = {"JPEG": 250_000_000, "MPO": 250_000_000, "GIF": 89_000_000, "TIFF": 89_000_000}
_MOST_PIXELS_ELSE = 120_000_000
_MOST_BYTES = 1 << 30
_LONGEST = 2048  # no network here sees more, and no view shows more
_ORIENTATION = 0x0112  # the EXIF tag
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Files that people take for images: what a start tells, and what the file then is.
_STRANGERS = (
    (rb"\s*<!doctype html|\s*<html", "a web page: save the image itself and open that"),
    (rb"(?s).*<svg\b", "an SVG drawing, which cannot be opened: convert it to PNG"),
    (rb"(?s)....ftyp(hei|hev|mif|msf)", "a HEIC photo, which cannot be opened: convert it to PNG"),
    (rb"(?s)....ftyp|\x1aE\xdf\xa3", "a video: save one frame of it as PNG and open that"),
    (rb"%PDF", "a PDF document: export its page as PNG and open that"),
    (rb"[^\0-\x08\x0e-\x1f]+\Z", "text, not an image: choose a PNG or JPEG file"),
)

SUFFIXES: frozenset[str] = frozenset(
    suffix
    for suffix, kind in Image.registered_extensions().items()
    if kind in (*_FORMATS, "MPO") and kind in (*Image.OPEN, "MPO")
)


def open_image(path: Path) -> Pixels:
    """Returns the image in a file as [H, W, 3] RGB, upright, the longer side at most 2048.

    Transparency becomes white, and of an animation the first frame counts. Raises `UserError`,
    which names the file, if there is no file or no image that can be read.
    """
    name = path.name or str(path)
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise UserError(f'"{name}" is a folder: open the image files inside it.')
        if not stat.S_ISREG(facts.st_mode):
            raise UserError(f'"{name}" is a device, not a file: choose a PNG or JPEG file.')
        if facts.st_size > _MOST_BYTES:
            raise UserError(f'"{name}" is larger than a gigabyte: save a smaller copy as JPEG.')
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    return decode_image(data, name)


def decode_image(data: bytes, name: str = "pasted image") -> Pixels:
    """Returns encoded image data as [H, W, 3], as `open_image` does; `name` is for `UserError`."""
    if not data:
        raise UserError(f'"{name}" is empty: save or download it again, or choose another image.')
    cause: Exception
    try:
        image = _recognise(data, name)
        most = _MOST_PIXELS.get(image.format or "", _MOST_PIXELS_ELSE)
        if image.width * image.height <= most:
            return _upright_rgb(image)
        cause = Image.DecompressionBombError(f"{image.width} x {image.height} pixels")
    except UserError:
        raise
    except Exception as error:  # plugins raise nearly anything over broken data
        cause = error
    if isinstance(cause, (Image.DecompressionBombError, MemoryError)):
        raise UserError(f'"{name}" is too large to open: save a smaller copy of it.') from cause
    remedy = "save or download it again, or convert it to PNG"
    raise UserError(f'"{name}" is damaged or cut short: {remedy}.') from cause


def list_images(paths: Iterable[Path], limit: int = 64) -> list[Path]:
    """Returns the given files, and the images directly inside the given folders, once each.

    A folder's images come in natural order ("2" before "10") and without hidden files; a path
    that is no folder stays as it is, so that opening it tells what is wrong with it. At most
    `limit` paths. Raises `UserError` for a folder that cannot be read.
    """
    found: dict[Path, None] = {}
    for path in paths:
        try:
            found.update(dict.fromkeys(_images_inside(path) if path.is_dir() else [path]))
        except (OSError, ValueError) as error:
            raise _unreadable(path.name or str(path), error) from error
        if len(found) >= limit:
            break
    return list(found)[: max(0, limit)]


def as_network_sees(rgb: Pixels, shape: tuple[int, int, int], digits: bool) -> Pixels:
    """Returns an image [h, w, 3] (or [h, w, 1]) as `shape`, [H, W, C] with C of 1 or 3.

    For a network of digits, the ink of a drawing or photo becomes white on black, sized and
    centred as in MNIST; else the image's centre is cropped and resized. An image that already is
    as wanted passes unchanged. Raises `ValueError` for other shapes.
    """
    height, width, channels = shape
    if rgb.ndim != 3 or rgb.shape[2] not in (1, 3) or channels not in (1, 3) or not rgb.size:
        raise ValueError(f"cannot turn an image of shape {rgb.shape} into {shape}")
    image = Image.fromarray(rgb[..., 0] if rgb.shape[2] == 1 else rgb)
    if digits:
        image = Image.fromarray(_digit(image.convert("L"), height, width))
    elif image.size != (width, height):
        image = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    pixels = np.array(image.convert("L" if channels == 1 else "RGB"), dtype=np.uint8)
    return pixels.reshape(shape)


def _unreadable(name: str, error: Exception) -> UserError:
    if isinstance(error, FileNotFoundError):
        return UserError(
            f'"{name}" is not there: it was moved, renamed or deleted. Choose it anew.'
        )
    if isinstance(error, PermissionError):
        return UserError(f'You may not read "{name}": change its permissions, or open a copy.')
    cause = getattr(error, "strerror", None) or str(error)
    return UserError(f'"{name}" cannot be read ({cause}): copy it to another place and open that.')


def _images_inside(folder: Path) -> list[Path]:
    def natural(path: Path) -> tuple[list[str | int], str]:
        parts = re.split(r"([0-9]+)", path.name)
        return [int(p) if i % 2 else p.casefold() for i, p in enumerate(parts)], path.name

    visible = (path for path in folder.iterdir() if not path.name.startswith("."))
    return sorted((p for p in visible if p.suffix.lower() in SUFFIXES and p.is_file()), key=natural)


def _recognise(data: bytes, name: str) -> ImageFile.ImageFile:
    """Opens without decoding. `Image.open` would warn of large images, whatever we allow."""
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
    if failure is not None:
        raise failure
    raise UserError(f'"{name}" is not an image of a known kind: convert it to PNG or JPEG.')


def _upright_rgb(image: ImageFile.ImageFile) -> Pixels:
    image.draft(None, _within(image.size, _LONGEST))  # a JPEG decoder can skip most of the work
    image.load()
    try:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a broken EXIF block does not spoil the picture
        turn = None
    plain: Image.Image
    if image.mode == "F" or image.mode.startswith("I"):
        plain = Image.fromarray(_to_8_bits(image))
    elif image.has_transparency_data:
        plain = image.convert("RGBA")
    else:
        plain = image.convert("L" if image.mode in ("1", "L") else "RGB")
    size = _within(plain.size, _LONGEST)
    if size != plain.size:  # Pillow premultiplies alpha here
        plain = plain.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    if plain.mode == "RGBA":
        plain = Image.alpha_composite(Image.new("RGBA", size, "white"), plain)
    plain = plain.convert("RGB")
    return np.array(plain if turn is None else plain.transpose(turn))


def _within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _to_8_bits(image: Image.Image) -> Pixels:
    """Scales deep grey by the depth that it seems to have; by its own range if it has none."""
    values = np.asarray(image).astype(np.float32)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    depths = (1.0, 255.0, 4095.0, 65535.0)[image.mode != "F" :]
    depth = next((depth for depth in depths if high <= depth), None)
    if low >= 0 and depth is not None:
        bottom, span = 0.0, depth
    else:
        bottom, span = low, high - low or 1.0
    values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    grey = np.rint((values - bottom) * (255 / span)).astype(np.uint8)
    key = image.info.get("transparency")
    return np.where(values == key, np.uint8(255), grey) if isinstance(key, int) else grey


def _digit(image: Image.Image, height: int, width: int) -> Pixels:
    grey = np.array(image)
    if grey.shape == (height, width) and np.mean(_border(grey) == 0) >= 0.9:
        return grey  # up to 6 % of the border of MNIST's own digits is ink
    ink = _ink(image)
    picture = np.zeros((height, width), np.uint8)
    if not ink.any():
        return picture
    glyph = _fitted(ink, max(1, round(min(height, width) * 20 / 28)))
    mass, (rows, columns) = glyph.sum(), glyph.shape
    # MNIST puts the centre of mass on the corner between its pixels 13 and 14, counted as pixel 14.
    top = round(height / 2 - float(glyph.sum(1) @ np.arange(rows) / mass))
    left = round(width / 2 - float(glyph.sum(0) @ np.arange(columns) / mass))
    top, left = min(max(top, 0), height - rows), min(max(left, 0), width - columns)
    picture[top : top + rows, left : left + columns] = np.rint(glyph * 255)
    return picture


def _border(grey: Pixels | Floats) -> Pixels | Floats:
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])


def _ink(image: Image.Image) -> Floats:
    """Returns how much ink is where, 0 to 1, cropped to the ink; only zeros if there is none."""
    image = image.resize(_within(image.size, 384), Image.Resampling.BOX)
    lag = max(1, max(image.size) // 96)
    if lag > 1:  # the grain of paper and sensor, not of a small clean drawing
        image = image.filter(ImageFilter.GaussianBlur(lag / 4))
    grey = np.asarray(image, dtype=np.float32)
    paper = _lighting(image)
    if np.mean((grey - paper) ** 3) > 0:  # what differs from the paper is lighter: chalk on slate
        grey, paper = 255 - grey, 255 - paper
    # Differences over a short way see no uneven light, and over half of them no ink.
    grain = (
        np.quantile(np.abs(grey[:, lag:] - grey[:, :-lag]), 0.25) / 0.45 if lag < image.width else 0
    )
    noise = float(grain / max(1, np.median(paper)))
    for _ in range(3):
        ink = (paper - grey) / np.maximum(paper, 16)
        peak = float(np.quantile(ink, 0.999))
        if peak < max(0.06, 6 * noise):
            return np.zeros((1, 1), np.float32)
        mask = ink > max(0.35 * peak, 4.5 * noise)
        paper = _local_paper(grey, paper, _widened(mask))
    mask = _main_blobs(mask)
    floor, full = 3 * noise, float(np.quantile(ink[mask], 0.9))
    ink = np.clip((ink - floor) / (full - floor), 0, 1) * _widened(mask)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _widened(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    soft = (
        Image.fromarray(mask).convert("L").filter(ImageFilter.BoxBlur(1 + max(mask.shape) // 192))
    )
    return np.asarray(soft) > 0


def _lighting(image: Image.Image) -> Floats:
    """Returns the paper's brightness: the median of a region, for ink covers less than half."""
    small = image.resize(_within(image.size, 48), Image.Resampling.BOX)
    # Continued beyond its border by its slope, lest the median there lag behind uneven light.
    wide = np.pad(np.asarray(small, np.float32), 10, mode="reflect", reflect_type="odd")
    level = Image.fromarray(wide).filter(ImageFilter.MedianFilter(21))
    level = ImageOps.crop(level, 10).resize(image.size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(level), 0, 255)


def _local_paper(grey: Floats, paper: Floats, inked: npt.NDArray[np.bool_]) -> Floats:
    """Refines the paper's brightness from the bare paper nearby: shadows are no quadratics."""
    cells, whole = _within(grey.shape[::-1], 20), grey.shape[::-1]
    bare = (~inked).astype(np.float32)
    share, excess = (
        np.asarray(Image.fromarray(part).resize(cells, Image.Resampling.BOX))
        for part in (bare, (grey - paper) * bare)
    )
    change = Image.fromarray(excess / (share + 0.05)).resize(whole, Image.Resampling.BICUBIC)
    return np.clip(paper + np.asarray(change), 0, 255)


def _main_blobs(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Keeps the connected parts that can be the digit: no specks, and no table's edge."""
    left = set(map(tuple, np.argwhere(mask).tolist()))
    blobs = []
    while left:
        blob = [left.pop()]
        for y, x in blob:  # grows as it runs
            near = left.intersection((y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
            left -= near
            blob += near
        blobs.append(np.array(blob))
    edge = np.array(mask.shape) - 1
    inner = [b for b in blobs if b.min() > 0 and (b < edge).all()]
    largest = max(map(len, blobs))
    if max(map(len, inner), default=0) > 0.05 * largest:
        blobs, largest = inner, max(map(len, inner))
    kept = np.zeros_like(mask)
    for blob in blobs:
        if len(blob) > 0.04 * largest:
            kept[blob[:, 0], blob[:, 1]] = True
    return kept


def _fitted(ink: Floats, side: int) -> Floats:
    """Scales ink to a longer side of `side`; fine strokes are widened first, lest they fade."""
    image = Image.fromarray(ink)
    step = max(1, round(max(ink.shape) / side / 10))
    for _ in range(8):
        scale = side / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        glyph = np.asarray(image.resize(size, Image.Resampling.HAMMING))
        # The mean over the ink: 0.78 to 0.91 in MNIST, 2/3 for lines of one pixel between two.
        if float((glyph**2).sum() / glyph.sum()) > 0.8 or max(ink.shape) < 2 * side:
            break
        image = ImageOps.expand(image, step)
        for _ in range(step):
            image = image.filter(ImageFilter.MaxFilter(3))
    return np.clip(glyph / glyph.max(), 0, 1)
