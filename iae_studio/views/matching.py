"""How well a name fits what was typed: letters in their order, better together and at a word."""

from __future__ import annotations

_TOGETHER, _AT_WORD, _GAP = 5, 8, 1  # points of a letter; what each letter left out costs


def score(typed: str, name: str) -> int | None:
    """The higher, the better; None where a word of `typed` is not in `name`. Case is nothing."""
    total = 0
    for word in typed.casefold().split():
        best = _word(word, name.casefold())
        if best is None:
            return None
        total += best
    return total


def _word(word: str, name: str) -> int | None:
    """Of one word: where it stands as it is, that counts; else its letters, a little apart."""
    places = [at for at in range(len(name)) if name.startswith(word, at)]
    if places:
        whole = max(_AT_WORD * _starts(name, at) for at in places)
        return whole + 2 * _TOGETHER * len(word)
    begins = (at for at, letter in enumerate(name) if letter == word[0] and _starts(name, at))
    found = [points for at in begins if (points := _scattered(word, name, at)) is not None]
    return max(found, default=None)


def _scattered(word: str, name: str, first: int) -> int | None:
    """The letters of `word` in their order, from a word's beginning on; None where one lacks."""
    points, at = _AT_WORD, first
    for letter in word[1:]:
        then = name.find(letter, at + 1)
        if then < 0:
            return None
        together, begins = then == at + 1, _starts(name, then)
        points += _TOGETHER * together + _AT_WORD * begins
        points -= 0 if together or begins else _GAP * (then - at)
        at = then
    return points if points > 0 else None


def _starts(name: str, at: int) -> bool:
    """Whether a word begins here."""
    return at == 0 or not name[at - 1].isalnum()
