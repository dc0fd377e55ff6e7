"""How well a name fits what was typed: as it stands, or by letters in their order."""

from __future__ import annotations

_WHOLE, _AT_WORD, _FIRST, _ASIDE, _ALONE = 100, 40, 20, 10, 5  # points of a word that was typed


def fits(typed: str, name: str, also: str = "") -> int | None:
    """Points, the more the better; None where a word of `typed` is nowhere. Case is nothing.

    A word counts the most where it stands in `name`, the least where it stands in `also` alone.
    Scattered letters count in `name` only, and only from a word's beginning on.
    """
    total = 0
    for word in typed.casefold().split():
        points = _whole(word, name.casefold()) or _aside(word, also.casefold())
        points = points or _scattered(word, name.casefold())
        if not points:
            return None
        total += points
    return total


def _whole(word: str, name: str) -> int:
    places = [at for at in range(len(name)) if name.startswith(word, at)]
    if not places:
        return 0
    begins = [at for at in places if _starts(name, at)]
    alone = any(_ends(name, at + len(word)) for at in begins)  # 10 is not the beginning of 100
    points = _AT_WORD * bool(begins) + _FIRST * name.startswith(word) + _ALONE * alone
    return _WHOLE + points


def _aside(word: str, also: str) -> int:
    places = (at for at in range(len(also)) if also.startswith(word, at))
    return _ASIDE + _WHOLE // 2 if any(_starts(also, at) for at in places) else 0


def _scattered(word: str, name: str) -> int:
    """Each letter goes on where the last one stood, or begins a word: "nr" is "New run"."""
    ends = {at for at, letter in enumerate(name) if letter == word[0] and _starts(name, at)}
    for letter in word[1:]:
        ends = {
            then
            for at in ends
            for then in range(at + 1, len(name))
            if name[then] == letter and (then == at + 1 or _starts(name, then))
        }
    return 1 if ends else 0


def _ends(name: str, at: int) -> bool:
    """Whether a word ends before here."""
    return at == len(name) or not name[at].isalnum()


def _starts(name: str, at: int) -> bool:
    """Whether a word begins here."""
    return at == 0 or not name[at - 1].isalnum()
