"""Image files of every kind, made here, and synthetic photos of digits."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from tests.tiny import ROOT
from trainer.data.image_files import (
    decode_image,
    list_images,
    open_image,
)
from trainer.data.image_kinds import suffixes
from trainer.data.preprocessing import Preprocess
from trainer.messages import Pixels, UserError

RED, WHITE = (255, 0, 0), (255, 255, 255)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def red_corner() -> Image.Image:
    """24 x 16 of blue with the top left quarter red."""
    image = Image.new("RGB", (24, 16), (0, 0, 255))
    image.paste(RED, (0, 0, 12, 8))
    return image


def grey_rgb(grey: np.ndarray) -> Pixels:
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "GIF", "JPEG", "WEBP", "JPEG2000"])
def test_each_format_keeps_its_pixels(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"image.{kind.lower()}"
    path.write_bytes(encoded(red_corner(), kind))
    pixels = open_image(path)
    assert pixels.shape == (16, 24, 3) and pixels.dtype == np.uint8
    assert np.abs(pixels[3, 5].astype(int) - RED).max() < 30
    assert np.abs(pixels[12, 20].astype(int) - (0, 0, 255)).max() < 30


def test_suffixes_are_those_of_images_only() -> None:
    assert {".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp"} <= suffixes()
    assert not {".pdf", ".svg", ".h5", ".mpg", ".eps", ""} & suffixes()


def test_heic_photos_are_read(tmp_path: Path) -> None:
    path = tmp_path / "photo.HEIC"
    suffixes()  # loads the plugin
    red_corner().resize((96, 64)).save(path, "HEIF", quality=95)
    pixels = open_image(path)
    assert pixels.shape == (64, 96, 3) and np.abs(pixels[10, 20].astype(int) - RED).max() < 30


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_without_its_library_heic_is_told(brand: bytes, tmp_path: Path) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(99))
    code = f"""
import sys
from pathlib import Path
sys.modules["pillow_heif"] = None
from trainer.data.image_files import open_image
from trainer.data.image_kinds import suffixes
assert ".heic" not in suffixes()
try:
    open_image(Path({str(path)!r}))
except Exception as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert "pip install pillow-heif" in told.stdout, told.stderr


# Where the red quarter, stored at the top left, must be seen: EXIF's own table.
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, "tl"), (2, "tr"), (3, "br"), (4, "bl"), (5, "tl"), (6, "tr"), (7, "br"), (8, "bl")],
)
def test_exif_orientation(orientation: int, corner: str, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = decode_image(encoded(red_corner(), kind, exif=exif))
    assert pixels.shape == ((16, 24, 3) if orientation < 5 else (24, 16, 3))
    row, column = (3 if corner[0] == "t" else -4), (3 if corner[1] == "l" else -4)
    assert np.abs(pixels[row, column].astype(int) - RED).max() < 30
    assert pixels[-row - 1, -column - 1, 2] > 200


def test_a_broken_exif_block_does_not_spoil_the_picture() -> None:
    data = encoded(red_corner(), "JPEG", exif=b"Exif\0\0nonsense, and no TIFF header at all")
    assert decode_image(data).shape == (16, 24, 3)


def test_transparency_becomes_white() -> None:
    image = Image.new("RGBA", (3, 1))
    image.putpixel((1, 0), (255, 0, 0, 128))
    image.putpixel((2, 0), (10, 20, 30, 255))
    pixels = decode_image(encoded(image, "PNG"))[0].tolist()
    assert pixels[0] == [255, 255, 255] and pixels[2] == [10, 20, 30]
    assert pixels[1] == pytest.approx([255, 127, 127], abs=1)


def test_hidden_colours_do_not_bleed_when_a_large_image_shrinks() -> None:
    values = np.zeros((4, 4096, 4), np.uint8)
    values[:, ::2] = (0, 255, 0, 0)  # invisible green
    values[:, 1::2] = (0, 0, 0, 255)
    pixels = decode_image(encoded(Image.fromarray(values), "PNG"))
    assert pixels.shape == (2, 2048, 3)
    assert np.ptp(pixels[:, 8:-8].astype(int), axis=2).max() <= 1  # greys only


def test_grey_with_alpha_palette_and_colour_key() -> None:
    la = Image.new("LA", (2, 1), (0, 0))
    la.putpixel((1, 0), (80, 255))
    assert decode_image(encoded(la, "PNG"))[0].tolist() == [[255] * 3, [80] * 3]
    palette = Image.new("P", (2, 1))
    palette.putpalette([0, 0, 0, 200, 100, 50])
    palette.putpixel((1, 0), 1)
    assert decode_image(encoded(palette, "PNG"))[0].tolist() == [[0] * 3, [200, 100, 50]]
    for kind, key in (("PNG", 0), ("PNG", b"\0\xff"), ("GIF", 0)):
        pixels = decode_image(encoded(palette, kind, transparency=key))[0].tolist()
        assert pixels == [[255] * 3, [200, 100, 50]]
    keyed = decode_image(encoded(Image.new("RGB", (2, 2), RED), "PNG", transparency=RED))
    assert (keyed == 255).all()


def test_one_bit() -> None:
    image = Image.new("1", (9, 5))
    image.putpixel((4, 2), 1)
    pixels = decode_image(encoded(image, "PNG"))
    assert pixels[2, 4].tolist() == [255] * 3 and pixels.sum() == 3 * 255


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PGM"])
def test_16_bit_grey_keeps_its_gradient(kind: str) -> None:
    deep = (np.arange(256, dtype=np.uint16) * 257)[None].repeat(2, axis=0)
    if kind == "PGM":
        data = b"P5 256 2 65535\n" + deep.astype(">u2").tobytes()
    else:
        data = encoded(Image.fromarray(deep), kind)
    assert (decode_image(data)[..., 0] == np.arange(256)).all()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 2048, 4095]], np.uint16), [0, 128, 255]),  # 12 bits in 16
        (np.array([[0, 100, 255]], np.int32), [0, 100, 255]),
        (np.array([[-1000, 0, 1000]], np.int32), [0, 128, 255]),
        (np.array([[0, 50_000, 100_000]], np.int32), [0, 128, 255]),
        (np.array([[0, 0.5, 1]], np.float32), [0, 128, 255]),
        (np.array([[0, 100, 255]], np.float32), [0, 100, 255]),
        (np.array([[np.nan, 0.5, 1]], np.float32), [0, 128, 255]),
        (np.array([[-5, -5, -5]], np.float32), [0, 0, 0]),
        (np.array([[np.nan, np.nan, np.inf]], np.float32), [0, 0, 0]),
    ],
)
def test_deep_and_float_grey_is_scaled_and_not_clipped(values: np.ndarray, expected: list) -> None:
    pixels = decode_image(encoded(Image.fromarray(values), "TIFF"))
    assert pixels[0, :, 0].tolist() == pytest.approx(expected, abs=1)


def test_cmyk_jpeg() -> None:
    data = encoded(red_corner().convert("CMYK"), "JPEG", quality=95)
    assert Image.open(io.BytesIO(data)).mode == "CMYK"
    pixels = decode_image(data).astype(int)
    assert np.abs(pixels - np.asarray(red_corner(), int))[[2, 13]][:, [4, 20]].max() < 12


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_an_animation_counts(kind: str) -> None:
    later = [Image.new("RGB", (24, 16), "green"), Image.new("RGB", (24, 16), "black")]
    data = encoded(red_corner(), kind, save_all=True, append_images=later)
    assert np.abs(decode_image(data)[3, 5].astype(int) - RED).max() < 30


def test_a_single_pixel() -> None:
    assert decode_image(encoded(Image.new("RGB", (1, 1), RED), "PNG")).tolist() == [[list(RED)]]


def test_a_100_megapixel_photo_opens_fast() -> None:
    photo = Image.linear_gradient("L").resize((11600, 8700)).convert("L")
    data = encoded(photo, "JPEG")
    start = time.perf_counter()
    pixels = decode_image(data)
    assert time.perf_counter() - start < 3  # about 0.3 s
    assert pixels.shape == (1536, 2048, 3)
    assert np.abs(pixels[[0, 768, -1], 0, 0].astype(int) - (0, 128, 255)).max() < 4


def unreadable(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        open_image(path)
    assert path.name in str(caught.value)
    return str(caught.value)


def test_missing_folder_and_empty(tmp_path: Path) -> None:
    assert "not there" in unreadable(tmp_path / "gone.png")
    assert "folder" in unreadable(tmp_path)
    (tmp_path / "empty.png").touch()
    assert "is empty" in unreadable(tmp_path / "empty.png")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "secret.png").write_bytes(b"x")
    monkeypatch.setattr(os, "open", refuse)  # root may read everything
    assert "Permission denied" in unreadable(tmp_path / "secret.png")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("notes.png", b"Python is a language,\nand this is no image.\n", "text"),
        ("grüße.jpg", "Grüße aus Köln".encode(), "text"),
        ("page.jpg", b"\n<!DOCTYPE html><html><body><svg></svg></body></html>", "web page"),
        ("logo.svg", b'<?xml version="1.0"?>\n<!-- x -->\n<svg width="1"/>', "convert it to PNG"),
        ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "cut short"),
        ("paper.pdf", b"%PDF-1.7\n\xe2\xe3", "export its page as PNG"),
        ("random.png", bytes(range(200, 256)) + bytes(range(200)), "known kind"),
        ("head.png", b"\x89PNG\r\n\x1a\n", "cut short"),
    ],
)
def test_what_is_no_image(name: str, data: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert says in unreadable(tmp_path / name)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "JPEG2000"])
def test_a_cut_file_says_so_and_never_something_else(kind: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(UserError, match=r'"cut" is damaged or cut short'):
        decode_image(data[: int(len(data) * share)], "cut")


def test_decompression_bombs_are_refused_unopened() -> None:
    bomb = bytearray(encoded(Image.new("1", (8, 8)), "BMP"))
    bomb[18:26] = (60_000).to_bytes(4, "little") * 2
    start = time.perf_counter()
    with pytest.raises(UserError, match=r'"pasted image" is too large'):
        decode_image(bytes(bomb))
    assert time.perf_counter() - start < 1


def test_list_images(tmp_path: Path) -> None:
    folder = tmp_path / "digits"
    (folder / "deeper.png").mkdir(parents=True)
    for name in ("b10.png", "b2.PNG", "A1.jpg", ".hidden.png", "._b2.png", "notes.txt"):
        (folder / name).touch()
    single = tmp_path / "drawing.svg"  # stays: opening it tells why it cannot be used
    names = ["drawing.svg", "A1.jpg", "b2.PNG", "b10.png", "gone.png"]
    found = list_images([single, folder, folder / "b2.PNG", tmp_path / "gone.png"])
    assert [path.name for path in found] == names
    assert [path.name for path in list_images([folder], limit=2)] == ["A1.jpg", "b2.PNG"]
    assert list_images([folder], limit=0) == [] == list_images([])


def test_natural_images_are_cropped_in_the_middle_and_resized() -> None:
    image = np.zeros((100, 300, 3), np.uint8)
    image[:, 100:200] = (200, 100, 50)
    seen = Preprocess((32, 32, 3), ink=False)(image).astype(int)
    assert (seen[:, 3:-3] == (200, 100, 50)).all() and (np.abs(seen[..., 0] - 200) < 20).all()
    grey = Preprocess((16, 16, 1), ink=False)(image)
    assert grey.shape == (16, 16, 1) and (grey[:, 3:-3] == grey[8, 8]).all()
    assert Preprocess((20, 60, 3), ink=False)(image)[:, 30].tolist() == [[200, 100, 50]] * 20
    assert Preprocess((32, 32, 3), ink=False)(image[:1, :1]).shape == (32, 32, 3)


@pytest.mark.parametrize("channels", [1, 3])
def test_an_image_of_the_right_size_passes_unchanged(channels: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (32, 24, channels), dtype=np.uint8)
    assert (Preprocess((32, 24, channels), ink=False)(image) == image).all()


def test_other_shapes_are_refused() -> None:
    for shape in ((8, 8, 4), (8, 8), (0, 8, 3)):
        with pytest.raises(ValueError, match="shape"):
            Preprocess((28, 28, 1), ink=True)(np.zeros(shape, np.uint8))


def seven(width: int, height: int, stroke: int) -> np.ndarray:
    """The ink of a 7, 0 to 1, left of the middle of the sheet."""
    sheet = Image.new("L", (width, height))
    points = [(0.2, 0.25), (0.5, 0.22), (0.3, 0.8)]
    line = [(round(x * width), round(y * height)) for x, y in points]
    ImageDraw.Draw(sheet).line(line, fill=255, width=stroke, joint="curve")
    return np.asarray(sheet.filter(ImageFilter.GaussianBlur(stroke / 12)), float) / 255


def photo(ink: np.ndarray, grain: float = 4, darkness: float = 0.75) -> np.ndarray:
    """Dark ink on paper that is half as bright at its bottom right as at its top left."""
    height, width = ink.shape
    y, x = np.mgrid[:height, :width]
    light = 235 * (1 - 0.3 * x / width - 0.2 * y / height)
    noise = np.random.default_rng(1).normal(0, grain, ink.shape)
    return light * (1 - darkness * ink) + noise


def assert_like_mnist(digit: Pixels, shape: tuple[int, int, int] = (28, 28, 1)) -> None:
    assert digit.shape == shape and digit.dtype == np.uint8
    grey = digit[..., 0].astype(float)
    rows, columns = np.flatnonzero(grey.any(1)), np.flatnonzero(grey.any(0))
    longer = round(20 / 28 * shape[0])
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == longer
    for axis in (0, 1):  # MNIST's centre is the corner between its four middle pixels, plus half
        profile = grey.sum(1 - axis)
        centre = profile @ np.arange(len(profile)) / profile.sum()
        assert abs(centre - shape[axis] / 2) <= 0.6
    assert grey.max() == 255 and (grey == 0).mean() > 0.6
    assert (grey**2).sum() / grey.sum() / 255 > 0.7  # the strokes are solid


@pytest.mark.parametrize("stroke", [3, 8, 16, 40])
@pytest.mark.parametrize("polarity", ["ink on paper", "chalk on slate"])
def test_a_photo_of_a_seven(stroke: int, polarity: str) -> None:
    image = photo(seven(600, 400, stroke))
    image = image if polarity == "ink on paper" else 255 - image
    digit = Preprocess((28, 28, 1), ink=True)(grey_rgb(image))
    assert_like_mnist(digit)
    grey = digit[np.flatnonzero(digit.any((1, 2)))][..., 0].astype(float)
    left, right = np.flatnonzero(grey.any(0))[[0, -1]]
    assert (grey[1:4, left + 1 : right] > 60).any(0).all()  # a bar over the whole width
    leg = grey[6:] @ np.arange(28) / grey[6:].sum(1)
    assert (np.diff(leg[:-3]) < 0).all() and leg[0] - leg[-1] > 4  # a leg that runs to the left


def test_pencil_specks_shadow_and_the_edge_of_a_table() -> None:
    ink = seven(600, 400, 12)
    pencil = photo(ink, darkness=0.3)
    specks = photo(ink)
    specks[30:34, 500:504] = specks[380:383, 550:553] = 30
    shadow = photo(ink) * np.where(np.mgrid[:400, :600][1] > 420, 0.6, 1)
    table = photo(ink)
    table[:, 570:] = 25
    expected = Preprocess((28, 28, 1), ink=True)(grey_rgb(photo(ink))).astype(int)
    for image in (pencil, specks, shadow, table):
        digit = Preprocess((28, 28, 1), ink=True)(grey_rgb(image))
        assert_like_mnist(digit)
        assert np.abs(digit - expected).mean() < 15  # a shift by one pixel at most


def test_other_sizes_and_colour() -> None:
    image = grey_rgb(photo(seven(300, 400, 14)))
    assert_like_mnist(Preprocess((64, 64, 1), ink=True)(image), (64, 64, 1))
    colour = Preprocess((32, 32, 3), ink=True)(image)
    assert_like_mnist(colour, (32, 32, 3))
    assert (np.ptp(colour, axis=2) == 0).all()
    assert Preprocess((28, 20, 1), ink=True)(image).any()


def mnist_like() -> Pixels:
    stroke = Image.fromarray((seven(40, 40, 3) * 255).astype(np.uint8))
    digit = np.zeros((28, 28, 1), np.uint8)
    box = np.asarray(stroke.crop(stroke.getbbox()).resize((14, 20), Image.Resampling.BILINEAR))
    digit[4:24, 6:20, 0] = box
    digit[0, 13:15] = 90  # some of MNIST's digits reach the border
    return digit


def test_mnist_itself_passes_unchanged() -> None:
    digit = mnist_like()
    assert (Preprocess((28, 28, 1), ink=True)(digit) == digit).all()
    colour = Preprocess((28, 28, 3), ink=True)(np.repeat(digit, 3, axis=2))
    assert (colour == digit).all()


def test_mnist_inverted_or_enlarged_comes_back() -> None:
    digit = mnist_like()
    digit[0] = 0
    expected = Preprocess((28, 28, 1), ink=True)(255 - digit)
    assert_like_mnist(expected)
    rows, columns = np.nonzero(digit[..., 0])
    found_rows, found_columns = np.nonzero(expected[..., 0])
    moved = np.roll(
        digit, (found_rows.min() - rows.min(), found_columns.min() - columns.min()), (0, 1)
    )
    assert np.abs(moved.astype(int) - expected).max() <= 30  # the strongest ink becomes white
    large = np.asarray(Image.fromarray(digit[..., 0]).resize((280, 280), Image.Resampling.BICUBIC))
    assert_like_mnist(Preprocess((28, 28, 1), ink=True)(grey_rgb(large)))


@pytest.mark.parametrize(
    "blank",
    [
        np.full((300, 200), 255.0),
        np.zeros((300, 200)),
        np.full((28, 28), 127.0),
        np.full((1, 1), 9.0),
        np.full((1, 50), 200.0),
        photo(np.zeros((400, 600)), grain=8),
        255 - photo(np.zeros((400, 600))),
    ],
    ids=["white", "black", "grey", "pixel", "line", "paper", "slate"],
)
def test_blank_gives_black(blank: np.ndarray) -> None:
    digit = Preprocess((28, 28, 1), ink=True)(grey_rgb(blank))
    assert digit.shape == (28, 28, 1) and not digit.any()
