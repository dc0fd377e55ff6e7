"""Chunks of text in PNG files: found without trusting any of them. No torch."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = (b"iTXt", b"zTXt", b"tEXt")
KEYWORD = b"iae-studio"  # of what this program writes into a picture
MOST_CHUNKS = 100_000  # that are looked at
_AROUND = 12  # bytes of a chunk around its content: length, kind, check


def chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Kind and size of each chunk behind the signature; who gets one moves the file to its end."""
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return
        yield head[4:], int.from_bytes(head[:4], "big")


def is_ours(kind: bytes, file: BinaryIO, size: int) -> bool:
    """Whether a chunk is a text of this program; the file is moved behind the keyword, or there."""
    if kind not in TEXTS:
        return False
    head = file.read(min(size, len(KEYWORD) + 1))
    if head == KEYWORD + b"\0":
        return True
    file.seek(-len(head), io.SEEK_CUR)
    return False


def without_ours(data: bytes) -> bytes:
    """A PNG without the texts of this program, which need not be whole for its pixels to be.

    Anything else is returned as it is. Readers refuse a PNG whose text is damaged, or a bomb.
    """
    if not data.startswith(SIGNATURE) or KEYWORD + b"\0" not in data:
        return data
    file, gone = io.BytesIO(data), []
    file.seek(len(SIGNATURE))
    for kind, size in chunks(file):
        start = file.tell() - 8
        if is_ours(kind, file, size):
            gone.append((start, start + _AROUND + size))
        file.seek(start + _AROUND + size)
    parts, last = [], 0
    for start, end in gone:
        parts.append(data[last:start])
        last = end
    return b"".join([*parts, data[last:]])
