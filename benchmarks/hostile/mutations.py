"""Ways to spoil bytes, JSON and tensors."""

from __future__ import annotations

import json
import random
import struct
from typing import Any

import numpy as np

ODD_NUMBERS = (
    *(0, 1, -1, 2, 5, 99, 10**9, 10**12, 10**20, 2**31, 2**63, 2**63 - 1, -(2**63), 10**4000),
    *(0.5, -0.5, 1e30, 1e300, float("nan"), float("inf"), float("-inf")),
)
ODD_TEXTS = (
    *(
        "",
        " ",
        ".",
        "..",
        "../../../x",
        "/etc/passwd",
        "C:\\x",
        "NUL.txt",
        "a\0b",
        "a\nb",
        "x" * 300,
    ),
    *(
        "\u202ecod.exe",
        "\uff0e\uff0e\uff0fx",
        "\ud800",
        "<img src='/dev/zero'>",
        "\x1b[2J",
        "1e400",
    ),
    *("x" * 100_000, "%s%n", "adversarial", "none", "True"),
)
ODD_OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [[]], [1], {"": 0}, ["x"] * 1000)
DEEP = ("[" * 100_000, '{"a":' * 50_000, "[" * 900 + "]" * 900, '{"a":' * 950 + "1" + "}" * 950)


def odd(rng: random.Random) -> Any:
    """A value that nobody asked for."""
    return rng.choice(rng.choice((ODD_NUMBERS, ODD_TEXTS, ODD_OTHERS)))


def spoiled_bytes(rng: random.Random, content: bytes) -> bytes:
    """One byte another one, a piece cut out, put in or doubled, or something else altogether."""
    data, at = bytearray(content), rng.randrange(len(content) + 1)
    match rng.randrange(8):
        case 0 | 1 | 2:
            at = min(at, len(data) - 1)
            data[at : at + 1] = bytes([rng.randrange(256)])
        case 3:
            del data[at:]
        case 4:
            del data[at : at + rng.choice((1, 2, 8, 100))]
        case 5:
            data[at:at] = rng.randbytes(rng.choice((1, 4, 8, 100, 5000)))
        case 6:
            data[at:at] = data[at // 2 : at]
        case _:
            return rng.choice((b"", b"\0" * 4096, b"\xff" * 999, rng.randbytes(1000), b"{}", b"[]"))
    return bytes(data)


def spoiled_json(rng: random.Random, content: Any) -> bytes:
    """A text in which one or a few places hold something else."""
    copy = json.loads(json.dumps(content))
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        places = list(_places(copy))
        part, key = rng.choice(places) if places else (None, None)
        if part is None:
            copy = odd(rng)
            continue
        match rng.randrange(6):
            case 0:
                del part[key]
            case 1 if isinstance(part, dict):
                part[str(rng.choice(ODD_TEXTS))[:50]] = part.pop(key)
            case 2 if isinstance(part, dict):
                part["format"] = rng.choice((99, 3, 0, -1, "2", 1.0, True, None, 10**400))
            case 3:
                part[key] = "DEEP"
            case _:
                part[key] = odd(rng)
    text = json.dumps(copy).replace('"DEEP"', rng.choice(DEEP))
    return spoiled_bytes(rng, text.encode()) if rng.random() < 0.1 else text.encode()


def _places(content: Any) -> Any:
    """Every place in it: what it is in, and its key there."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    if isinstance(content, dict | list):
        for key, value in list(items):
            yield content, key
            if isinstance(value, dict | list) and value:
                yield from _places(value)


# ---- safetensors ---------------------------------------------------------------------------------


def unpacked(content: bytes) -> tuple[dict[str, Any], bytes]:
    """A safetensors file's header and its data."""
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def packed(header: Any, data: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


SIZES = {
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "F64": 8,
    "I64": 8,
    "I32": 4,
    "I8": 1,
    "U8": 1,
    "F8_E4M3": 1,
}
NUMBERS = (float("nan"), float("inf"), float("-inf"), -1.0, 0.0, 1e38, 3e-45)


def spoiled_tensors(rng: random.Random, content: bytes) -> bytes:
    """One tensor renamed, reshaped, retyped, missing, added, not finite; or a header that lies."""
    header, data = unpacked(content)
    names = [name for name in header if name != "__metadata__"]
    name = rng.choice(names)
    about = header[name]
    match rng.randrange(11):
        case 0:
            header[rng.choice(NEW_NAMES).replace("*", name)] = header.pop(name)
        case 1:
            data = _with_shape(rng, about, data)
        case 2:
            about["dtype"] = rng.choice([*SIZES, "F4", "BOOL", "", 5, None, "C64"])
        case 3:
            about["shape"] = rng.choice(
                ([], [0], [-1], [2**62, 4], [1] * 70, None, "x", [1.5], [[1]])
            )
        case 4:
            about["data_offsets"] = rng.choice(
                ([0, 1], [0, 2**63], [8, 0], [-1, 4], [0, 0], None, [1])
            )
        case 5:
            del header[name]
        case 6:
            header |= _made_up(rng, len(data))
            data += bytes(16)
        case 7 | 8:
            data = _with_numbers(rng, about, data)
        case 9:
            return _lying(rng, packed(header, data))
        case _:
            meta = header.get("__metadata__", {})
            header["__metadata__"] = json.loads(_spoiled_meta(rng, meta))
    return packed(header, data)


ODD_SHAPES = ([], [0], [-1], [2**62, 4], [1] * 70, None, "x", [1.5], [[1]])
ODD_OFFSETS = ([0, 1], [0, 2**63], [8, 0], [-1, 4], [0, 0], None, [1])
NEW_NAMES = (
    *("x", "*x", "model.*", "players.0.exp_avg", "players.999.exp_avg", "", "a" * 5000, "rng"),
    *("generators.*", "critics.0.step", "directions.*", "directions.more", "points", "ema.*"),
)


def _made_up(rng: random.Random, at: int) -> dict[str, Any]:
    kind = rng.choice(("F32", "U8", "I64", "F16"))
    count = rng.choice((0, 16 // SIZES[kind]))
    end = at + 16
    shape = [16 // SIZES[kind]] if count else [0]
    return {
        rng.choice(NEW_NAMES): {
            "dtype": kind,
            "shape": shape,
            "data_offsets": [at if count else end, end],
        }
    }


def _with_shape(rng: random.Random, about: dict[str, Any], data: bytes) -> bytes:
    """The same numbers laid out otherwise, or as many as another shape has, at the end."""
    shape = list(about["shape"])
    count = int(np.prod(shape, dtype=np.int64))
    if rng.random() < 0.5:
        about["shape"] = rng.choice(([count], [1, count], [count, 1], shape[::-1], [*shape, 1]))
        return data
    about["shape"] = rng.choice(([], [1], [0], [count + 1], [3, 5], [2, *shape]))
    size = SIZES[about["dtype"]] * int(np.prod(about["shape"], dtype=np.int64))
    about["data_offsets"] = [len(data), len(data) + size]
    return data + bytes(size)


def _with_numbers(rng: random.Random, about: dict[str, Any], data: bytes) -> bytes:
    start, end = about["data_offsets"]
    size = SIZES[about["dtype"]]
    kind = {"F32": "<f4", "F16": "<f2", "I64": "<i8"}.get(about["dtype"], "u1")
    values = np.frombuffer(data[start:end], kind).copy()
    if not len(values):
        return data
    if kind[1] != "f":
        fresh = rng.randbytes(size * len(values))
    else:
        with np.errstate(over="ignore"):
            few = rng.sample(range(len(values)), rng.choice((1, len(values))))
            values[few] = rng.choice(NUMBERS)
        fresh = values.tobytes()
    return data[:start] + fresh + data[end:]


def _lying(rng: random.Random, content: bytes) -> bytes:
    length = rng.choice((0, 1, 2**31, 2**63, 2**64 - 1, len(content), 10**8, 99_999_999))
    return struct.pack("<Q", length) + content[8:]


def _spoiled_meta(rng: random.Random, meta: dict[str, str]) -> str:
    key = rng.choice([*meta, "format", "kind", "step"])
    steps = ("-1", "9" * 5000, str(10**9), "1e3", " 3", "٣", "0", "", "nan", "99", "2")
    value = rng.choice((rng.choice(steps), str(rng.choice(ODD_TEXTS)), rng.choice(DEEP)))
    if meta.get(key, "").startswith("{") and rng.random() < 0.8:
        value = spoiled_json(rng, json.loads(meta[key])).decode("utf-8", "replace")
    return json.dumps(meta | {key: value})
