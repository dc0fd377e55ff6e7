"""Questions about style as a thing one can hold: from tile to tile, sums of codes, a walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from trainer.exploring.questions.base import Question
from trainer.messages import Floats, Pixels, Probe

Moves = Literal["code", "noise", "both"]  # what goes from one tile to the other
STEPS = 9  # pictures from one tile to another
FRAMES = 48  # pictures in a loop
PART = 8  # frames in an answer: what is drawn at once
WALKERS = 8  # inputs that walk side by side


@dataclass(frozen=True, eq=False)
class Way:
    """Pictures on the way from one tile to another, the ends included."""

    step: int  # of the weights
    pictures: Pixels  # [STEPS, H, W, C]


@dataclass(frozen=True, eq=False)
class Interpolation(Question[Way]):
    """What lies between two tiles: straight in the code, on the sphere in the noise.

    Where the noise alone moves, the code stays the one of `start`, and the other way round.
    """

    answered_by: ClassVar[str] = "trainer.exploring.paths:interpolation"
    start: Probe  # of one image, with one noise seed
    end: Probe
    moves: Moves = "both"


@dataclass(frozen=True, eq=False)
class Composed:
    """A, A - B and A - B + C, as far as they were given."""

    step: int
    codes: Floats  # [up to 3, code size]
    pictures: Pixels  # [up to 3, H, W, C]


@dataclass(frozen=True, eq=False)
class Arithmetic(Question[Composed]):
    """Sums of the codes of tiles, drawn with the noise of one tile."""

    answered_by: ClassVar[str] = "trainer.exploring.paths:arithmetic"
    terms: tuple[Probe, ...]  # A, B, C; or fewer
    noise: Probe  # whose noise draws all of them


@dataclass(frozen=True, eq=False)
class Frames:
    """A part of a loop."""

    step: int
    start: int
    pictures: Pixels  # [N, frames, H, W, C]


@dataclass(frozen=True, eq=False)
class Walk(Question[Frames]):
    """Frames of a closed loop that begins at a tile's noise, or without noise at its code.

    Each of the probe's images keeps its content, and all of them have the same noise.
    """

    answered_by: ClassVar[str] = "trainer.exploring.paths:walk"
    probe: Probe  # of up to WALKERS images, with one noise seed
    start: int = 0
    count: int = PART
    frames: int = FRAMES
