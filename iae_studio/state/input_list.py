"""Input images in their order, as plain data: how each was seen, and by which kind of network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from iae_studio.state.test_request import TestRequest
from trainer.data.preprocessing import Preprocess, preprocess_of
from trainer.messages import Pixels
from trainer.recipe.grey_range import GreyRange

MAX_INPUTS = 64


# How a network sees an image; the engine's own, so that both see the same.
InputSpec = Preprocess
spec_of = preprocess_of


@dataclass(frozen=True, eq=False)
class Input:
    """An image, as the network sees it.

    `seen` is uint8 [H, W, C] of the spec's shape, and `original` what it was made of: the bytes of
    an image file, or pixels [h, w, 3], so that another network can see it too. A test image needs
    none.
    """

    name: str
    seen: Pixels
    spec: InputSpec
    original: Pixels | bytes | None = None
    test: bool = False  # taken from a test set, not brought by the user
    drawing: bool = False  # what is on the pad now
    grey_range: GreyRange | None = None  # of a deep grey file, for networks that have none
    place: str = ""  # the file's full path, where it is one


@dataclass(frozen=True)
class KeptInputs:
    """All inputs in their order, and what the test images among them were asked for by."""

    inputs: tuple[Input, ...]
    request: TestRequest | None = None
    asked: int = 0
    awaits: bool = False  # those test images were on their way
    spec: InputSpec | None = None  # how they were seen


class InputList:
    """All inputs in their order. Those that only another recipe's network has seen are stale."""

    def __init__(self, spec: InputSpec) -> None:
        self.spec = spec
        self._all: list[Input] = []
        self._kept = 0

    def all(self) -> tuple[Input, ...]:
        """All of them."""
        return tuple(self._all)

    def restore(self, inputs: Sequence[Input]) -> None:
        """These in place of all others."""
        self._set(list(inputs))

    def fitting(self) -> list[Input]:
        """Those that can be shown to the network."""
        return [known for known in self._all if known.spec == self.spec]

    def stale(self) -> list[Input]:
        """Those that must be seen anew first."""
        return [known for known in self._all if known.spec != self.spec]

    def brought(self) -> tuple[Input, ...]:
        """Those of the user."""
        return tuple(known for known in self._all if not known.test)

    def has_tests(self) -> bool:
        """Whether some were taken from a test set."""
        return any(known.test for known in self._all)

    def holds(self, tests: Sequence[Input]) -> bool:
        """Whether these test images, as they are seen here, are those that are there."""
        mine = [known for known in self._all if known.test]
        return len(mine) == len(tests) and all(
            a.name == b.name and a.spec == b.spec and np.array_equal(a.seen, b.seen)
            for a, b in zip(mine, tests, strict=True)
        )

    def __len__(self) -> int:
        return len(self._all)

    def see_as(self, spec: InputSpec) -> None:
        """Another network looks; test images made for the last one go."""
        self.spec = spec
        self._all = [known for known in self._all if not known.test or known.spec == spec]

    def add(self, inputs: list[Input]) -> None:
        """New ones go on top; the oldest fall off the end."""
        self._set([*inputs, *self._all])

    def replace_tests(self, inputs: list[Input]) -> None:
        """New test images in place of the old; what the user brought stays, above them."""
        self._set([*(known for known in self._all if not known.test), *inputs])

    def exchange(self, pairs: Iterable[tuple[Input, Input]]) -> None:
        """Each old one that is still there by the same picture as seen anew."""
        fresh = {id(old): new for old, new in pairs}
        self._set([fresh.get(id(known), known) for known in self._all])

    def set_sketch(self, drawing: Input | None) -> None:
        """The drawing is one row, at the top, that follows the pen."""
        rest = [known for known in self._all if not known.drawing]
        self._set(([drawing] if drawing else []) + rest)

    def keep_sketch(self) -> list[Input]:
        """Let the drawing, which is handed back, stay as a row of its own; the pad is free."""
        self._kept += 1
        name = f"drawing {self._kept}"
        kept = {k: replace(k, name=name, drawing=False) for k in self._all if k.drawing}
        self._set([kept.get(known, known) for known in self._all])
        return list(kept.values())

    def remove(self, gone: Input) -> None:
        """Take one away."""
        self._set([known for known in self._all if known is not gone])

    def clear(self) -> None:
        """Take all away."""
        self._set([])

    def _set(self, inputs: list[Input]) -> None:
        self._all = inputs[:MAX_INPUTS]
