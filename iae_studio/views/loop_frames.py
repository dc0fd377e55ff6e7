"""The frames of a loop as they arrive, and the one that is due."""

from __future__ import annotations

import numpy as np

from trainer.exploring.questions.style import FRAMES, Frames
from trainer.messages import Pixels


class LoopFrames:
    """What plays, and what is on its way to take its place.

    Of another tile the first frames play as soon as they are there. The same loop of newer weights
    takes over where the one that plays begins anew, so that nothing jumps on the way.
    """

    def __init__(self) -> None:
        self._plays: list[Frames] = []
        self._coming: list[Frames] | None = None
        self._ready: list[Frames] | None = None
        self._at, self._anew = 0, False

    def clear(self) -> None:
        """Nothing plays."""
        self._plays, self._coming, self._ready = [], None, None
        self._at, self._anew = 0, False

    def expect(self, anew: bool) -> None:
        """The first part is asked for: of something else, or of the same by newer weights."""
        self._coming, self._ready = (None if anew else []), None
        self._anew = anew

    def add(self, part: Frames) -> int | None:
        """The first frame of the part to ask for next; None where all of it is there."""
        if self._anew:
            self._plays, self._at, self._anew = [], 0, False
        parts = self._plays if self._coming is None else self._coming
        parts.append(part)
        there = _count(parts)
        if there < FRAMES:
            return there
        if self._coming is not None:
            self._ready, self._coming = self._coming, None
        return None

    @property
    def waits(self) -> bool:
        """Whether something is on its way, or has come and is to play next."""
        on_its_way = self._anew or self._coming is not None or _count(self._plays) < FRAMES
        return on_its_way or self._ready is not None

    @property
    def step(self) -> int | None:
        """Of which weights the loop is that plays."""
        return self._plays[0].step if self._plays else None

    def now(self) -> Pixels | None:
        """The frame that is due [N, H, W, C]."""
        at = self._at
        for part in self._plays:
            if at < part.pictures.shape[1]:
                return np.ascontiguousarray(part.pictures[:, at])
            at -= part.pictures.shape[1]
        return None

    def tick(self) -> bool:
        """Go on by a frame, or wait for it; whether the loop began anew."""
        there = _count(self._plays)
        if self._at + 1 < there:
            self._at += 1
        elif there >= FRAMES:
            self._at = 0
            self.take()
            return True
        return False

    def take(self) -> None:
        """What has come takes over."""
        if self._ready is not None:
            self._plays, self._ready = self._ready, None


def _count(parts: list[Frames]) -> int:
    return sum(part.pictures.shape[1] for part in parts)
