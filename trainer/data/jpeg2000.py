"""What a JPEG 2000 file takes to decode: its parts may be many and small. No torch."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SIZES, _STYLE, _PART_STYLE, _TILE, _DATA = 0xFF51, 0xFF52, 0xFF53, 0xFF90, 0xFF93
_TILE_BYTES = 4_000  # of memory, for each tile and each component of it
_BLOCK_BYTES = 450  # for each code block


def memory_outside(data: bytes) -> int:
    """The bytes that the decoder takes beside the image itself. Raises ValueError."""
    start = data.find(b"\xff\x4f\xff\x51")
    width, height, tile_width, tile_height, parts = 0, 0, 0, 0, 0
    block, precinct = 64 * 64, 1 << 15
    for mark, body in _segments(data, start + 2):
        if mark == _SIZES:
            right, low, left, top, tile_width, tile_height = struct.unpack_from(">6I", body, 2)
            (parts,) = struct.unpack_from(">H", body, 34)
            width, height = max(0, right - left), max(0, low - top)
        elif mark in (_STYLE, _PART_STYLE):
            at = 5 if mark == _STYLE else 1 if parts < 257 else 2
            across, down = (2 ** (2 + (value & 15)) for value in body[at + 1 : at + 3])
            block = min(block, across * down)
            if body[0 if mark == _STYLE else at - 1] & 1:
                for sides in body[at + 5 :]:
                    precinct = min(precinct, 2 ** (sides & 15), 2 ** (sides >> 4))
    if not tile_width or not tile_height:
        raise ValueError("a tile without an area")
    block = max(1, min(block, (precinct // 2) ** 2))
    tiles = -(-width // tile_width) * -(-height // tile_height)
    return parts * (
        width * height * (11 * block + 2 * _BLOCK_BYTES) // (2 * block) + tiles * _TILE_BYTES
    )


def _segments(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The marker segments of the main header, and of those of the tiles."""
    tile, length = 0, 0
    while 0 <= at <= len(data) - 4:
        mark, count = struct.unpack_from(">HH", data, at)
        if mark == _TILE:
            tile = at
            (length,) = struct.unpack_from(">I", data, at + 6) if at + 10 <= len(data) else (0,)
        elif mark == _DATA:
            if length < 12:  # up to the end
                return
            at = tile + length
            continue
        elif mark >> 8 != 0xFF:
            return
        yield mark, data[at + 4 : at + 2 + count]
        at += 2 + count
