"""Small image files that hold much: refused, or read in little memory."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.hostile import bombs
from tests.tiny import ROOT
from trainer.data import image_bands, image_limits
from trainer.data.image_files import decode_image
from trainer.data.image_kinds import recognise
from trainer.data.image_limits import memory_of, taking
from trainer.messages import UserError

linux = pytest.mark.skipif(sys.platform != "linux", reason="measured as Linux tells it")
MIB = 1 << 20

READ_ALL = """
import re, sys
from pathlib import Path
from trainer.data.image_files import open_image
from trainer.messages import UserError

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) << 10

def told(path):
    try:
        return "read", str(open_image(path).shape)
    except UserError as error:
        return "refused", str(error)

told(Path(sys.argv[1]).parent / "warm.png")
for name in sys.argv[1:]:
    before = peak()
    print(*told(Path(name)), peak() - before, sep="|")
"""


def read_by_another(paths: list[Path]) -> list[tuple[str, str, int]]:
    """What becomes of each file, and by how many bytes it makes a fresh process grow."""
    Image.new("L", (9, 9)).save(paths[0].parent / "warm.png")
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, *map(str, paths)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    lines = [line.split("|") for line in done.stdout.splitlines()]
    return [(kind, told, int(grown)) for kind, told, grown in lines]


def written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def header_png(width: int, height: int, depth: int = 8, colour: int = 0) -> bytes:
    """Its pixels, all black, are packed to next to nothing."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    rows = height * (1 + (width * channels * depth + 7) // 8)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [bombs.chunk(b"IHDR", head), bombs.chunk(b"IDAT", bombs.zeros(rows))]
    return b"\x89PNG\r\n\x1a\n" + b"".join([*parts, bombs.chunk(b"IEND", b"")])


def any_side(kind: str, width: int, height: int) -> bytes:
    return bombs.KINDS[kind](random.Random(3), width, height)


@linux
def test_what_is_too_large_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    head = struct.pack(">IIBBBBB", 1, 119_000_000, 8, 0, 0, 0, 0)
    thin = b"\x89PNG\r\n\x1a\n" + bombs.chunk(b"IHDR", head) + bombs.chunk(b"IDAT", b"x")
    webp = b"VP8L" + struct.pack("<IBI", 8, 0x2F, 16382 | 16382 << 14) + b"\x88\x88\x08\0"
    files = {
        "thin.png": thin,
        "wide.bmp": any_side("bmp", 119_000_000, 1),
        "canvas.webp": b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp,
        "extended.webp": b"RIFF\x26\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + b"\xff\x3f\0" * 2 + webp,
        "blocks.jp2": blocks_of_one_pixel(),
        "scans.jpg": scanned_again_and_again(),
        "strip.tif": one_strip(9000, 9000),
        "screen.gif": any_side("gif", 65535, 65535),
    }
    for kind, told, grown in read_by_another(written(tmp_path, files)):
        assert kind == "refused" and grown < 40 * MIB, told
    for name in ("thin.png", "canvas.webp", "blocks.jp2", "scans.jpg", "strip.tif"):
        with pytest.raises(UserError, match="too large"):
            decode_image(files[name], name)


def blocks_of_one_pixel() -> bytes:
    """A JPEG 2000 of 16 million pixels, in precincts of 2 x 2."""
    stream = io.BytesIO()
    Image.new("L", (64, 64)).save(stream, "JPEG2000", precinct_size=(64, 64), no_jp2=True)
    data = bytearray(stream.getvalue())
    data[8:16] = struct.pack(">II", 4000, 4000)
    data[24:32] = struct.pack(">II", 4000, 4000)
    at = data.find(b"\xff\x52")
    (count,) = struct.unpack_from(">H", data, at + 2)
    data[at + 14 : at + 2 + count] = b"\x11" * (count - 12)
    return bytes(data)


def scanned_again_and_again() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "JPEG", progressive=True)
    data = bytearray(stream.getvalue())
    at = data.find(b"\xff\xc2")
    data[at + 5 : at + 9] = struct.pack(">HH", 9000, 9000)
    scan = data.rfind(b"\xff\xda")
    return bytes(data[:scan] + data[scan:-2] * 3000 + data[-2:])


def one_strip(width: int, height: int) -> bytes:
    """A TIFF of 16-bit colours with transparency, in one packed strip."""
    packed = bombs.zeros(width * height * 8)
    tags = [(256, width), (257, height), (258, 8), (259, 8), (262, 2), (273, 300), (277, 4)]
    tags += [(278, height), (279, len(packed)), (338, 2)]
    entries = b""
    for tag, value in tags:
        count, value = (4, 200) if tag == 258 else (1, value)
        form = 3 if tag in (258, 259, 262, 277, 338) else 4
        entries += struct.pack("<HHII", tag, form, count, value)
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    return (head.ljust(200, b"\0") + struct.pack("<4H", *[16] * 4)).ljust(300, b"\0") + packed


@linux
def test_large_images_are_read_in_little_memory(tmp_path: Path) -> None:
    files = {
        "deep.png": header_png(4500, 4000, 16),  # took 16 bytes a pixel
        "clear.png": header_png(4500, 4000, 8, 6),
    }
    for kind, told, grown in read_by_another(written(tmp_path, files)):
        assert kind == "read" and told == "(1820, 2048, 3)"
        assert grown < 150 * MIB


def test_a_phone_s_photo_of_200_megapixels_is_read() -> None:
    image = recognise(any_jpeg(16320, 12240), "photo.jpg")
    image.draft(None, (2048, 1536))
    assert memory_of(image, any_jpeg(16320, 12240), (16320, 12240)) < 200 * MIB


def any_jpeg(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "JPEG")
    data = bytearray(stream.getvalue())
    at = data.find(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(2301, 180), (9000, 60)])
def test_bands_make_what_the_whole_makes(
    mode: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 4), np.uint8)
    image = Image.fromarray(values).convert(mode)
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)
    whole = decode_image(stream.getvalue())
    monkeypatch.setattr(image_bands, "WHOLE", 1000)
    monkeypatch.setattr(image_bands, "BAND", 60_000)
    assert np.array_equal(decode_image(stream.getvalue()), whole)


def test_large_images_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_limits, "TOGETHER", 100)
    first, second = threading.Event(), threading.Event()

    def later() -> None:
        first.set()
        with taking(60):
            second.set()

    with taking(50):
        thread = threading.Thread(target=later)
        thread.start()
        first.wait(5)
        with taking(50):  # what is small enough goes on
            assert not second.wait(0.1)
    thread.join(5)
    assert second.is_set()
    with pytest.raises(Image.DecompressionBombError), taking(image_limits.MOST_BYTES + 1):
        pass
