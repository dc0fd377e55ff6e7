"""Damaged settings: whatever lies in their place, a window opens."""

from __future__ import annotations

import os
import random
import struct
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks.hostile.formats import Format
from benchmarks.hostile.settings_window import end, took, window
from trainer.messages import UserError

# ---- what is bad ---------------------------------------------------------------------------------


@cache
def good() -> bytes:
    """What the program itself leaves behind."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "good.conf"
        window(file)
        return file.read_bytes()


def damaged(rng: random.Random) -> bytes:
    """A good file of which some bytes are others now."""
    content = bytearray(good())
    for _ in range(rng.choice((1, 1, 2, 5, 40))):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


def cut(rng: random.Random) -> bytes:
    return good()[: rng.randrange(len(good()))]


def noise(rng: random.Random) -> bytes:
    return rng.randbytes(rng.choice((1, 100, 5000)))


def huge(rng: random.Random) -> bytes:
    return b"[General]\n" + b"".join(b"k%d=%d\n" % (k, k) for k in range(700_000))


def escaped(data: bytes) -> str:
    return "".join(f"\\x{byte:x}" for byte in data)


def of_values(**values: str) -> bytes:
    lines = [f"{name.replace('_', chr(92))}={value}" for name, value in values.items()]
    return "\n".join(["[General]", *lines, ""]).encode()


def earlier_layout(rng: random.Random) -> bytes:
    """As an earlier version kept it, without a checksum, and one byte is wrong."""
    state = bytearray(_state())
    state[rng.randrange(len(state))] = rng.randrange(256)
    value = f'"@ByteArray({escaped(bytes(state))})"'
    return of_values(**{rng.choice(("state", "geometry")): value})


@cache
def _state() -> bytes:
    import base64

    line = next(line for line in good().splitlines() if line.startswith(b"state="))
    return base64.b64decode(line.partition(b":")[2].rstrip(b'"'))


def nested(rng: random.Random) -> bytes:
    """A list in a list in a list: as deep as the stack."""
    deep = struct.pack(">II", 9, 1) * rng.choice((10, 2000, 60_000))
    head = rng.choice(("@Variant(", "\\x40Variant(", "\\100Variant(", "\\\n@Variant("))
    return of_values(**{rng.choice(("dark", "recipe", "state")): f'"{head}{escaped(deep)})"'})


def variant(rng: random.Random) -> bytes:
    """A value of any of Qt's kinds, with nonsense in it."""
    kind = rng.choice((*range(1, 70), 0x1000, 2**31))
    data = struct.pack(">I", kind) + rng.randbytes(rng.randrange(60))
    return of_values(**{rng.choice(KEYS): f'"@Variant({escaped(data)})"'})


def other_kinds(rng: random.Random) -> bytes:
    values = ("true", "1, 2", "@Invalid()", '""', "n" * 9000, "\\x0", "../" * 40, "NaN", "1e999",
              "@Rect(1 2 3 4)", "@Size(9 9)", "@DateTime(\\0\\0\\0\\x10)",
              "<img src='/dev/zero'>")  # fmt: skip
    return of_values(**{key: rng.choice(values) for key in KEYS})


KEYS = ("dark", "recipe", "geometry", "state", "folder", "data", "data_mnist", "data_svhn")
CONTENTS = (damaged, cut, noise, earlier_layout, nested, variant, other_kinds, damaged, huge)


def folder(file: Path) -> None:
    file.mkdir()
    (file / "something").write_text("else")


def device(file: Path) -> None:
    file.symlink_to("/dev/zero")


def loop(file: Path) -> None:
    file.symlink_to(file)


def locked(file: Path) -> None:
    """Qt waits for the file that it locks with, too."""
    file.write_bytes(good())
    os.mkfifo(file.with_name(f"{file.name}.lock"))


KINDS: tuple[Callable[[Path], object], ...] = (folder,)
if hasattr(os, "mkfifo"):
    KINDS = (folder, os.mkfifo, device, loop, locked)


def make(rng: random.Random, place: Path) -> Path:
    """One bad settings file."""
    inside = Path(tempfile.mkdtemp(dir=place))
    file = inside / "iae-studio.conf"
    if rng.random() < 0.1:
        rng.choice(KINDS)(file)
    else:
        weights = [1.0] * (len(CONTENTS) - 1) + [0.05]  # the large ones take long
        file.write_bytes(rng.choices(CONTENTS, weights)[0](rng))
    return file


def read(file: Path) -> None:
    """The same; what it says of them is a refusal."""
    if told := window(file):
        raise UserError(told)


FORMATS = {"settings": Format(make, read, took)}

__all__ = ["FORMATS", "KINDS", "end", "make", "window"]
