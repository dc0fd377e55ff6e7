"""Ways to spoil a file: bytes, cuts, insertions, and numbers that claim anything."""

from __future__ import annotations

import random

EXTREMES = (
    0,
    1,
    2,
    255,
    2**15,
    2**16 - 1,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
    2**63,
    2**64 - 1,
)


def spoiled(rng: random.Random, data: bytes, head: int = 0) -> bytes:
    """A file with one or several faults; with a `head`, half of them in so many first bytes."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 1, 2, 4, 16))):
        reach = min(head, len(out)) if head and rng.random() < 0.5 else len(out)
        at = rng.randrange(max(1, reach))
        kind = rng.randrange(12)
        if kind < 5 and out:
            out[at] = rng.choice((rng.randrange(256), 0, 255, out[at] ^ 1 << rng.randrange(8)))
        elif kind < 8:
            width = rng.choice((2, 2, 4, 4, 8))
            value = rng.choice(EXTREMES) & (1 << 8 * width) - 1
            out[at : at + width] = value.to_bytes(width, rng.choice(("little", "big")))
        elif kind == 8:
            out[at : at + rng.choice((1, 2, 4, 64, 4096))] = b""
        elif kind == 9:
            out[at:at] = rng.choice(
                (rng.randbytes(rng.randrange(1, 64)), bytes(4096), out[at : at + 200])
            )
        elif kind == 10:
            del out[at:]
        else:
            out[at:] = rng.randbytes(rng.randrange(4096))
    return bytes(out)


def behind_magic(rng: random.Random, data: bytes) -> bytes:
    """Noise, or nothing, behind the right beginning."""
    keep = rng.randrange(4, 64)
    return data[:keep] + rng.choice((b"", bytes(999), rng.randbytes(2000), b"\xff" * 500))
