"""MATLAB's .mat files of level 5, as far as data sets need them: named arrays of numbers. No torch.

Read here, for scipy's reader crashes over some damaged headers. Nothing is unpacked that is not
asked for, nor more of it than its dimensions say.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import numpy as np

HEADER = 128  # bytes
MATRIX, COMPRESSED = 14, 15
_TYPES = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
_CLASSES = {
    6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8",
}  # fmt: skip
_COMPLEX = 0x800
_MOST_DIMENSIONS = 32
_MOST_NAME = 64
CHUNK = 1 << 16


class _Bytes(Protocol):
    def read(self, count: int, /) -> bytes: ...


@dataclass(frozen=True)
class Array:
    """An array as its header tells it, and where its numbers are read from."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    _source: _Bytes
    _order: str

    @property
    def nbytes(self) -> int:
        """What its numbers take in memory."""
        count = 1
        for side in self.shape:
            count *= side
        return count * self.dtype.itemsize

    def read(self) -> np.ndarray:
        """Its numbers, the first dimension running fastest. Raises ValueError where some lack."""
        kind, count, small = _tag(self._source, self._order)
        stored = _number(kind, self._order)
        values = self.nbytes // self.dtype.itemsize
        if count != values * stored.itemsize:
            raise ValueError("its numbers are not as many as its dimensions say")
        data = small if small is not None else _exactly(self._source, count)
        numbers = np.frombuffer(data, stored)
        with np.errstate(invalid="ignore"):  # a NaN is no whole number
            return numbers.astype(self.dtype, copy=False).reshape(self.shape, order="F")


def arrays(file: BinaryIO) -> Iterator[Array]:
    """The arrays of numbers in a file; each must be read before the next one is asked for.

    Raises ValueError, or what zlib raises, over anything else.
    """
    header = _exactly(file, HEADER)
    order = {b"IM": "<", b"MI": ">"}.get(bytes(header[126:128]))
    if order is None or header[125 if order == "<" else 124] != 1:
        raise ValueError("it is no .mat file of level 5")
    while start := file.read(8):
        if len(start) < 8:
            raise ValueError("cut short")
        kind, count = struct.unpack(f"{order}II", start)
        end = file.tell() + count
        if kind == COMPRESSED:
            unpacked = _Unpacked(file, count)
            kind, _ = struct.unpack(f"{order}II", _exactly(unpacked, 8))
            found = _array(unpacked, order) if kind == MATRIX else None
        else:
            found = _array(file, order) if kind == MATRIX else None
        if found is not None:
            yield found
        file.seek(end)


def _array(source: _Bytes, order: str) -> Array | None:
    """The head of an array; None where it is none of numbers."""
    flags = struct.unpack(f"{order}II", _part(source, order, 8, 8))
    data_class = _CLASSES.get(flags[0] & 0xFF)
    sides = _part(source, order, 8, 4 * _MOST_DIMENSIONS)
    shape = struct.unpack(f"{order}{len(sides) // 4}i", sides[: len(sides) // 4 * 4])
    name = _part(source, order, 0, _MOST_NAME).decode("latin-1")
    if data_class is None or flags[0] & _COMPLEX:
        return None
    if min(shape) < 0:
        raise ValueError("one of its dimensions is negative")
    return Array(name, shape, np.dtype(data_class), source, order)


def _part(source: _Bytes, order: str, least: int, most: int) -> bytearray:
    _, count, small = _tag(source, order)
    if not least <= count <= most:
        raise ValueError("its header is damaged")
    return small if small is not None else _exactly(source, count + -count % 8)[:count]


def _tag(source: _Bytes, order: str) -> tuple[int, int, bytearray | None]:
    """The type of what follows, its bytes, and what they are where they lie in the tag itself."""
    start = _exactly(source, 8)
    kind, count = struct.unpack(f"{order}II", start)
    if kind >> 16:
        kind, count = kind & 0xFFFF, kind >> 16
        if count > 4:
            raise ValueError("its header is damaged")
        return kind, count, start[4 : 4 + count]
    return kind, count, None


def _number(kind: int, order: str) -> np.dtype[np.generic]:
    if kind not in _TYPES:
        raise ValueError("it holds no numbers")
    return np.dtype(order + _TYPES[kind])


def _exactly(source: _Bytes, count: int) -> bytearray:
    """So many bytes. They are asked for in parts: a claim takes no memory until it is true."""
    parts = bytearray()
    while len(parts) < count:
        part = source.read(min(count - len(parts), 1 << 20))
        if not part:
            raise ValueError("cut short")
        parts += part
    return parts


class _Unpacked:
    """What a packed part of a file unpacks to, as far as it is read."""

    def __init__(self, file: BinaryIO, count: int) -> None:
        self._file, self._left = file, count
        self._unpacker = zlib.decompressobj()

    def read(self, count: int, /) -> bytes:
        while not self._unpacker.eof:
            packed = self._unpacker.unconsumed_tail
            if not packed:
                packed = self._file.read(min(CHUNK, self._left))
                self._left -= len(packed)
            if part := self._unpacker.decompress(packed, count):
                return part
            if not packed:
                break
        return b""
