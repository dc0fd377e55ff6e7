"""Values of a file that anybody may have written: each is looked at before it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from trainer.messages import UserError

MOST_TEXT = 4096  # letters of a path or name

T = TypeVar("T")


def wrong(name: str) -> UserError:
    """What is said of a value that is not as it should be."""
    return UserError(f"It is damaged: {name} is not as it should be.")


def is_a(kind: type[T], value: object, name: str) -> T:
    """A value of this type."""
    if not isinstance(value, kind):
        raise wrong(name)
    return value


def mapping(value: object, name: str) -> Mapping[str, Any]:
    """An object with names."""
    return is_a(dict, value, name)


def text(value: object, name: str) -> str:
    """A text of a bounded length."""
    words = is_a(str, value, name)
    if len(words) > MOST_TEXT or "\0" in words:
        raise wrong(name)
    return words


def whole(value: object, name: str, most: int, least: int = 0) -> int:
    """A whole number from `least` to `most`."""
    count = is_a(int, value, name)
    if isinstance(value, bool) or not least <= count <= most:
        raise wrong(name)
    return count


def number(value: object, name: str, low: float, high: float) -> float:
    """A finite number in a range."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(name)
    if not low <= value <= high:  # neither is what is no number
        raise wrong(name)
    return float(value)


def all_of(value: object, name: str, most: int, each: Callable[[object, str], T]) -> tuple[T, ...]:
    """A list of at most so many, each looked at."""
    if not isinstance(value, list) or len(value) > most:
        raise wrong(name)
    return tuple(each(part, name) for part in value)
