"""MNIST's IDX files, plain or packed: read as far as their own header says, and no further."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from trainer.messages import UserError
from trainer.storage.faults import told
from trainer.storage.regular import open_regular

MOST = 300_000  # images; the largest set in these files, EMNIST, has 280,000
_PART = 1 << 20  # bytes asked for at once: a claim takes no memory until it is true


def read_idx(path: Path, sides: tuple[int, ...]) -> np.ndarray:
    """Bytes as uint8 [N, *sides], from a file or, where its name ends in .gz, from what it packs.

    Raises UserError where it cannot be unpacked, ValueError where it holds anything else.
    """
    try:
        with open_regular(path) as file:
            if path.suffix != ".gz":
                return _numbers(file, sides)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _numbers(cast(BinaryIO, unpacked), sides)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UserError(f"{path} cannot be unpacked ({error}). Get it again.") from error
    except OSError as error:
        raise UserError(told(error, path, "cannot be read")) from error


def _numbers(file: BinaryIO, sides: tuple[int, ...]) -> np.ndarray:
    dimensions = 1 + len(sides)
    magic, *shape = struct.unpack(f">{1 + dimensions}I", _exactly(file, 4 + 4 * dimensions))
    if magic != 0x800 + dimensions:
        raise ValueError("no IDX file of so many dimensions")
    if tuple(shape[1:]) != sides or shape[0] > MOST:
        raise ValueError(f"a shape of {shape}")
    data = _exactly(file, int(np.prod(shape)))
    if file.read(1):
        raise ValueError("more than its header says")
    return np.frombuffer(data, np.uint8).reshape(shape)


def _exactly(file: BinaryIO, count: int) -> bytearray:
    data = bytearray()
    while len(data) < count:
        part = file.read(min(count - len(data), _PART))
        if not part:
            raise ValueError("cut short")
        data += part
    return data


def unpacks(path: Path) -> bool:
    """Whether a packed file can be unpacked, to no more than such files hold."""
    left = MOST * 28 * 28 + _PART
    try:
        with open_regular(path) as file, gzip.GzipFile(fileobj=file) as unpacked:
            while part := unpacked.read(_PART):
                left -= len(part)
                if left < 0:
                    return False
    except (UserError, OSError, EOFError, zlib.error):
        return False
    return True
