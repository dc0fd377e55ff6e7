"""Small images that claim to be large, or are."""

from __future__ import annotations

import io
import random
import struct
import zlib
from functools import lru_cache

from PIL import Image

SIDES = (
    1,
    2,
    7,
    999,
    4000,
    12_000,
    16_383,
    30_000,
    65_535,
    100_000,
    2_000_000,
    119_000_000,
    2**31 - 1,
)
MOST_REAL = 150_000_000  # bytes of pixels that are truly packed


def bomb(rng: random.Random) -> tuple[str, bytes]:
    """An ending, and an image with sides out of all proportion."""
    width, height = rng.choice(SIDES), rng.choice(SIDES)
    if rng.random() < 0.3:  # about as large as may be
        width = rng.choice((7_000, 9_000, 10_900, 12_200))
        height = int(rng.choice((38e6, 44e6, 62e6, 88e6, 119e6)) / width)
    kind = rng.choice(sorted(KINDS))
    return kind, KINDS[kind](rng, width, height)


def png(rng: random.Random, width: int, height: int) -> bytes:
    depth, colour = rng.choice(
        ((8, 0), (16, 0), (1, 0), (8, 2), (16, 2), (8, 3), (8, 6), (16, 6), (16, 4))
    )
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    rows = height * (1 + (width * channels * depth + 7) // 8)
    parts = [
        b"\x89PNG\r\n\x1a\n",
        chunk(
            b"IHDR",
            struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, rng.choice((0, 0, 1))),
        ),
    ]
    if colour == 3:
        parts.append(chunk(b"PLTE", bytes(range(12))))
    extra = rng.randrange(6)
    if extra == 0:
        parts.append(chunk(b"zTXt", b"Comment\0\0" + zeros(rng.choice((10**6, 10**8)))))
    elif extra == 1:
        parts.append(chunk(b"iCCP", b"icc\0\0" + zeros(rng.choice((10**6, 10**8)))))
    elif extra == 2:
        parts.append(chunk(b"iTXt", b"Comment\0\1\0\0\0" + zeros(10**8)))
    elif extra == 3:
        parts.append(chunk(b"eXIf", overlapping_tags(rng)))
    parts.append(chunk(b"IDAT", zeros(min(rows, MOST_REAL))))
    return b"".join([*parts, chunk(b"IEND", b"")])


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG, with its right checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@lru_cache(maxsize=32)
def zeros(count: int) -> bytes:
    """So many zeros, packed."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(1 << 20)) for _ in range(count >> 20)]
    return b"".join([*parts, packer.compress(bytes(count & (1 << 20) - 1)), packer.flush()])


def overlapping_tags(rng: random.Random) -> bytes:
    """EXIF or a TIFF whose tags all claim the same bytes."""
    count, size = rng.choice((10, 4000, 60_000)), rng.choice((1000, 60_000, 1_000_000))
    tags = b"".join(struct.pack("<HHII", 1000 + i & 0xFFFF, 7, size, 8) for i in range(count))
    return b"II*\0" + struct.pack("<IH", 8, count) + tags + bytes(4) + bytes(size)


def webp(rng: random.Random, width: int, height: int) -> bytes:
    width, height = min(width, 1 << 24), min(height, 1 << 24)
    if rng.random() < 0.5:
        body = (
            b"VP8L"
            + struct.pack("<IBI", 8, 0x2F, (min(width, 16384) - 1) | (min(height, 16384) - 1) << 14)
            + b"\x88\x88\x08\0"
        )
    else:
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        body = b"VP8X" + struct.pack("<II", 10, rng.choice((0, 2, 16))) + sides
        body += b"VP8L" + struct.pack("<IBI", 8, 0x2F, 0) + b"\x88\x88\x08\0"
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def gif(rng: random.Random, width: int, height: int) -> bytes:
    width, height = min(width, 65535), min(height, 65535)
    frame = b"," + struct.pack(
        "<HHHHB",
        *rng.choice(((0, 0), (width, height))),
        rng.choice((1, width)),
        rng.choice((1, height)),
        0,
    )
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return screen + (frame + b"\x02\x02\x4c\x01\0") * rng.choice((1, 3)) + b";"


def tiff(rng: random.Random, width: int, height: int) -> bytes:
    if rng.random() < 0.2:
        return overlapping_tags(rng)
    compression, bits, samples = (
        rng.choice((1, 5, 8, 32773, 4, 34925)),
        rng.choice((1, 8, 16, 32)),
        rng.choice((1, 3, 4)),
    )
    data = zeros(rng.choice((1000, 10**8))) if compression == 8 else bytes(2000)
    rows = rng.choice((1, height, 2**31 - 1))
    tags = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, bits),
        (259, 3, compression),
        (262, 3, 1 if samples == 1 else 2),
        (273, 4, 200),
        (274, 3, rng.choice((1, 6))),
        (277, 3, samples),
        (278, 4, rows),
        (279, 4, len(data)),
    ]
    if rng.random() < 0.3:
        tags += [
            (322, 4, rng.choice(SIDES)),
            (323, 4, rng.choice(SIDES)),
            (324, 4, 200),
            (325, 4, len(data)),
        ]
    entries = b"".join(
        struct.pack("<HHII", tag, form, 1, value & 0xFFFFFFFF) for tag, form, value in tags
    )
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    return head.ljust(200, b"\0") + data


def bmp(rng: random.Random, width: int, height: int) -> bytes:
    bits, packing = rng.choice(((24, 0), (8, 1), (4, 2), (1, 0), (32, 3)))
    head = struct.pack(
        "<IiiHHIIiiII",
        40,
        width,
        rng.choice((height, -height)),
        1,
        bits,
        packing,
        0,
        1,
        1,
        rng.choice((0, 2, 256)),
        0,
    )
    return b"BM" + struct.pack("<IHHI", 54 + 2000, 0, 0, 54) + head + bytes(2000)


def ppm(rng: random.Random, width: int, height: int) -> bytes:
    kind, most = (
        rng.choice((b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"Pf")),
        rng.choice((1, 255, 65535, 10**9)),
    )
    if kind == b"Pf":
        return b"Pf\n%d %d\n-1.0\n" % (width, height) + bytes(2000)
    return (
        kind
        + b"\n%d %d\n" % (width, height)
        + (b"" if kind in (b"P1", b"P4") else b"%d\n" % most)
        + bytes(2000)
    )


def psd(rng: random.Random, width: int, height: int) -> bytes:
    mode, channels = rng.choice(((3, 3), (4, 4), (1, 1), (2, 1), (9, 3), (3, 56)))
    head = struct.pack(
        ">4sH6xHIIHH",
        b"8BPS",
        1,
        channels,
        height & 0xFFFFFFFF,
        width & 0xFFFFFFFF,
        rng.choice((1, 8, 16)),
        mode,
    )
    return head + bytes(12) + struct.pack(">H", rng.choice((0, 1))) + bytes(3000)


@lru_cache(maxsize=4)
def _jpeg(mode: str, progressive: bool) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (64, 64)).save(stream, "JPEG", progressive=progressive)
    return stream.getvalue()


def jpeg(rng: random.Random, width: int, height: int) -> bytes:
    """The header claims more than there is; also again and again the same scan."""
    data = bytearray(_jpeg(rng.choice(("L", "RGB", "CMYK")), rng.random() < 0.6))
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    data[at + 5 : at + 9] = struct.pack(">HH", min(height, 65535), min(width, 65535))
    scan = data.rfind(b"\xff\xda")
    return bytes(data[:scan] + data[scan:-2] * rng.choice((1, 1, 50, 5000)) + data[-2:])


def jp2(rng: random.Random, width: int, height: int) -> bytes:
    """A codestream with odd tiles and code blocks."""
    parts, depth = rng.choice((1, 3, 4)), rng.choice((7, 15, 37))
    tile = [min(rng.choice((1, 8, 512, side)), side) for side in (width, height)]
    sizes = (
        struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, *tile, 0, 0, parts)
        + bytes([depth, 1, 1]) * parts
    )
    precincts = rng.random() < 0.5
    levels = rng.choice((0, 1, 5, 32))
    style = bytes([precincts, 0, 0, 1, 0, levels, rng.choice((0, 2, 4)), rng.choice((0, 4)), 0, 1])
    style += bytes([rng.choice((0x00, 0x11, 0x33, 0x88))]) * (levels + 1) * precincts
    quantising = bytes([0x40]) + bytes([0x48]) * (3 * levels + 1)
    head = b"\xff\x4f" + b"".join(
        struct.pack(">HH", mark, len(body) + 2) + body
        for mark, body in ((0xFF51, sizes), (0xFF52, style), (0xFF5C, quantising))
    )
    return (
        head
        + b"\xff\x90"
        + struct.pack(">HHIBB", 10, 0, 0, 0, 1)
        + b"\xff\x93"
        + bytes(rng.choice((4, 2000)))
        + b"\xff\xd9"
    )


KINDS = {
    **{"png": png, "webp": webp, "gif": gif, "tif": tiff, "bmp": bmp, "ppm": ppm},
    **{"psd": psd, "jpg": jpeg, "jp2": jp2},
}
