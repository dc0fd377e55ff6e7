"""Names as people sort them: "2" before "10". No torch."""

from __future__ import annotations

import re
from collections.abc import Iterable


def in_natural_order(names: Iterable[str]) -> list[str]:
    """Names with "2" before "10", the same however they came."""
    return sorted(sorted(names), key=natural)


def natural(name: str) -> list[list[str | int]]:
    """A key that sorts "a/2.png" before "a/10.png" and both before "b/1.png"."""
    return [
        [
            int(piece) if piece.isdecimal() else piece.casefold()
            for piece in re.split(r"(\d+)", part)
        ]
        for part in name.split("/")
    ]
