"""What is another one of two explorations, in words, and what they take of the memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from iae_studio.state.exploration import Exploration
from iae_studio.state.input_list import Input, KeptInputs
from iae_studio.state.turned import Settings

SCALE, MOMENT, IMAGES = "noise scale", "moment", "images"
MERGED = (SCALE, MOMENT, "code slider", "noise slider")  # beginnings of what goes on for a while
# The settings that are told of, first the weightiest.
_WORDS = {
    "view": "view",
    "raw_code": "directions",
    "code_here": "directions",
    "noise_here": "directions",
    "wanted_columns": "columns",
    "seed": "noise seed",
    "seeds": "borrowed noise",
    "locked": "lock",
    "noise_scale": SCALE,
    "code_offsets": "code slider",
    "noise_offsets": "noise slider",
    "wants_way_back": "way back",
}


def changes(before: Exploration, now: Exploration) -> list[str]:
    """What was done, in words, the weightiest first; nothing where it is no step.

    No steps are: another selection, marks, directions that were found, what is on the pad.
    """
    done = []
    if (before.model.recipe, before.model.path) != (now.model.recipe, now.model.path):
        done.append("model")
    if _lying(before) != _lying(now):
        done.append(IMAGES)
    for name, words in _WORDS.items():
        if _differs(before.settings, now.settings, name):
            done.append(f"{words} {_slider(before, now, name)}".rstrip())
    return [*done, MOMENT] if before.step != now.step else done


def brought(before: Exploration, now: Exploration) -> bool:
    """Whether nobody brought an image or took one away: at most they are seen anew."""
    names = [[known.name for known in _lying(each) if not known.test] for each in (before, now)]
    return names[0] == names[1]


def size_of(steps: Iterable[Exploration], there: KeptInputs) -> int:
    """The bytes of all images that steps hold and that are not `there` any more."""
    known = {id(each): each for step in steps for each in step.inputs.inputs}
    for each in there.inputs:
        known.pop(id(each), None)
    return sum(map(_bytes, known.values()))


def _bytes(known: Input) -> int:
    original = known.original
    size = 0 if original is None else len(original)
    return known.seen.nbytes + (size if isinstance(original, bytes | None) else original.nbytes)


def _lying(known: Exploration) -> tuple[Input, ...]:
    """The images but the one that follows the pen."""
    return tuple(each for each in known.inputs.inputs if not each.drawing)


def _differs(before: Settings, now: Settings, name: str) -> bool:
    one, other = getattr(before, name), getattr(now, name)
    if name.endswith("_offsets") and not any(one) and not any(other):
        return False
    return bool(one != other)


def _slider(before: Exploration, now: Exploration, name: str) -> str:
    """The number of the one slider that was moved."""
    if not name.endswith("_offsets"):
        return ""
    one, other = getattr(before.settings, name), getattr(now.settings, name)
    count = max(len(one), len(other))
    longer = [(*each, *(0.0,) * (count - len(each))) for each in (one, other)]
    moved = [place for place in range(count) if longer[0][place] != longer[1][place]]
    return str(moved[0] + 1) if len(moved) == 1 else ""


assert {each.name for each in fields(Settings)} >= set(_WORDS)
