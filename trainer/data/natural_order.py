"""Names as people sort them: "2" before "10". No torch."""

from __future__ import annotations

import re
from collections.abc import Iterable


def in_natural_order(names: Iterable[str]) -> list[str]:
    """Names with "2" before "10", the same however they came."""
    return sorted(sorted(names), key=natural)


def natural(name: str) -> list[list[str | tuple[int, str]]]:
    """A key that sorts "a/2.png" before "a/10.png" and both before "b/1.png"."""
    return [
        [
            _number(piece) if piece.isdecimal() else piece.casefold()
            for piece in re.split(r"(\d+)", part)
        ]
        for part in name.split("/")
    ]


def _number(digits: str) -> tuple[int, str]:
    """What orders as the number does; `int` refuses thousands of digits."""
    digits = digits.lstrip("0")
    return len(digits), digits
