"""What a saved picture says of how it was made: text inside a PNG, a small file beside any other.

Of a PNG it is an iTXt chunk with the keyword "iae-studio", before the pixels; else PICTURE.json.
Anybody may have written it: sizes are checked before anything is unpacked. No torch.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from trainer.data.png_texts import KEYWORD, SIGNATURE, chunks, is_ours
from trainer.messages import Pixels, UserError
from trainer.storage.files import is_missing, lies, parse_object
from trainer.storage.regular import open_regular

KIND, FORMAT = "iae-studio picture", 1
MOST_TEXT = 1 << 24  # bytes, once it is unpacked
MOST_VALUES = 1_000_000  # in that text: each takes memory of its own
ZIPPED = 900_000  # bytes: other programs refuse text that is longer than 2^20 once it is unpacked
_HEADER = 33  # bytes of a PNG up to the end of its first chunk
_BEGINNING = 200  # bytes of a text that tell what it is


class TooMuchError(UserError):
    """What a picture would have to carry is too large."""


# ---- writing ---------------------------------------------------------------------------------


def text_of(state: Mapping[str, Any]) -> str:
    """The state as it is written. Raises TooMuchError."""
    text = json.dumps({"kind": KIND, "format": FORMAT, **state}, allow_nan=False)
    if len(text) > MOST_TEXT or _values(text) > MOST_VALUES:
        raise TooMuchError("What it takes to show this picture again is too large to go into it.")
    return text


def with_state(png: bytes, state: Mapping[str, Any]) -> bytes:
    """The same PNG with the state inside; its pixels are untouched. Raises TooMuchError."""
    text = text_of(state).encode()
    zipped = len(text) <= ZIPPED
    body = zlib.compress(text, 9) if zipped else text
    content = KEYWORD + bytes([0, zipped, 0, 0, 0]) + body
    return png[:_HEADER] + _chunk(b"iTXt", content) + png[_HEADER:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def beside(picture: Path) -> Path:
    """Where the state of a picture lies that has no room for it."""
    return picture.with_name(f"{picture.name}.json")


def text_beside(picture: bytes, state: Mapping[str, Any]) -> bytes:
    """The content of that file; it names the picture that it is about. Raises TooMuchError."""
    return text_of({"picture": hashlib.sha256(picture).hexdigest(), **state}).encode()


def is_foreign(file: Path) -> bool:
    """Whether another file than a picture's state lies there."""
    if is_missing(file):
        return False
    try:
        with open_regular(file) as content:
            return KIND.encode() not in content.read(_BEGINNING)
    except (OSError, UserError):
        return True


# ---- reading ---------------------------------------------------------------------------------


def read_state(path: Path) -> Mapping[str, Any] | None:
    """What a picture says of how it was made; None where it says nothing.

    Raises UserError where that is damaged, of a newer version, or about another picture, and
    OSError where it cannot be read at all.
    """
    with open_regular(path) as file:
        png = file.read(len(SIGNATURE)) == SIGNATURE
        text = _text_in(file, path.name) if png else None
    if text is not None:
        return _checked(parse(text, path.name), path.name)
    sidecar = beside(path)
    if png or not lies(sidecar):
        return None
    with open_regular(sidecar) as file:
        data = file.read(MOST_TEXT + 1)
    if KIND.encode() not in data[:_BEGINNING]:
        return None  # a file of somebody else
    state = parse(_decoded(data, sidecar.name), sidecar.name)
    with open_regular(path) as file:
        digest = hashlib.sha256()
        while part := file.read(1 << 20):
            digest.update(part)
    if state.get("picture") != digest.hexdigest():
        raise UserError(f'"{sidecar.name}" belongs to another picture than "{path.name}".')
    return _checked(state, path.name)


def _text_in(file: BinaryIO, name: str) -> str | None:
    """The text of our keyword in a PNG; what lies behind the signature is read chunk by chunk."""
    head = KEYWORD + b"\0"
    for kind, size in chunks(file):
        if not is_ours(kind, file, size):
            file.seek(size + 4, io.SEEK_CUR)
            continue
        if size > MOST_TEXT + 1024:
            raise _damaged(name, "it is too large")
        rest = file.read(size - len(head))
        check = file.read(4)
        if len(rest) + len(head) != size or check != struct.pack(
            ">I", zlib.crc32(kind + head + rest)
        ):
            raise _damaged(name, "it was changed, or cut short")
        return _unpacked(kind, rest, name)
    return None


def _unpacked(kind: bytes, rest: bytes, name: str) -> str:
    zipped = kind == b"zTXt"
    if kind == b"iTXt":
        zipped = rest[:1] == b"\1"
        parts = rest[2:].split(b"\0", 2)  # a language, and the keyword in it
        if len(parts) < 3:
            raise _damaged(name, "it has no text")
        body = parts[2]
    else:
        body = rest[1:] if zipped else rest
    if zipped:
        unzip = zlib.decompressobj()
        try:
            body = unzip.decompress(body, MOST_TEXT + 1)
        except zlib.error as error:
            raise _damaged(name, "it cannot be unpacked") from error
    return _decoded(body, name)


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MOST_TEXT:
        raise _damaged(name, "it is too large")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _damaged(name, "it is no text") from error


def parse(text: str, name: str) -> Mapping[str, Any]:
    """The object in a text. Raises UserError, also where so many values would fill the memory."""
    if _values(text) > MOST_VALUES:
        raise _damaged(name, "it holds too many values")
    try:
        return parse_object(text, "it")
    except UserError as error:
        raise _damaged(name, "it is no object of JSON") from error


def _values(text: str) -> int:
    return text.count(",") + text.count("[") + text.count("{")


def _checked(state: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    number = state.get("format")
    if state.get("kind") != KIND or isinstance(number, bool) or not isinstance(number, int):
        raise _damaged(name, "it is of no known kind")
    if number != FORMAT:
        raise UserError(
            f'"{name}" was saved by a newer version of IAE Studio, which can show it again.'
        )
    return state


def _damaged(name: str, why: str) -> UserError:
    return UserError(f'What "{name}" says of how it was made cannot be used: {why}.')


# ---- images inside ---------------------------------------------------------------------------


def packed(images: Pixels) -> str:
    """Images uint8 [N, H, W, 1 or 3] as text: one PNG of all below each other."""
    if not len(images):
        return ""
    count, height, width, channels = images.shape
    column = images.reshape(count * height, width, channels)
    buffer = io.BytesIO()
    Image.fromarray(column[:, :, 0] if channels == 1 else column).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def unpacked(text: object, count: int, shape: tuple[int, int, int]) -> Pixels:
    """The inverse for so many images of that shape. Raises UserError where it is anything else."""
    height, width, channels = shape
    if not isinstance(text, str) or (not count) is not (not text):
        raise UserError("Its images are not there.")
    if not count:
        return np.zeros((0, *shape), np.uint8)
    try:
        data = io.BytesIO(base64.b64decode(text, validate=True))
        with Image.open(data, formats=("PNG",)) as image:
            wanted = (width, count * height), "L" if channels == 1 else "RGB"
            if (image.size, image.mode) != wanted:
                raise UserError("Its images are not of the model's size.")
            pixels = np.array(image)
    except UserError:
        raise
    except Exception as error:  # Pillow raises nearly anything over broken data
        raise UserError("Its images are damaged.") from error
    return pixels.reshape(count, *shape)
