"""Image files of every kind, made here: what they show, the right way up and in its colours."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.folders import encoded
from tests.tiny import ROOT
from trainer.data.image_files import decode_image, list_images, open_image
from trainer.data.image_kinds import suffixes

RED = (255, 0, 0)


def red_corner() -> Image.Image:
    """24 x 16 of blue with the top left quarter red."""
    image = Image.new("RGB", (24, 16), (0, 0, 255))
    image.paste(RED, (0, 0, 12, 8))
    return image


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
