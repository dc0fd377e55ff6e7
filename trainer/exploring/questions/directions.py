"""Questions about directions: which change this picture, how it looks along them, what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from trainer.exploring.questions.base import Lane, Question
from trainer.messages import Floats, Pixels, Probe

MOST = 8  # directions offered of the code, and as many of the noise
STRIP = (-2.0, -1.0, 0.0, 1.0, 2.0)  # offsets of the pictures of a strip

# HERE: of strongest effect on this picture; ALL: the model's mean ones; RAW: single numbers.
Basis = Literal["here", "all", "raw"]
HERE: Basis = "here"
ALL: Basis = "all"
RAW: Basis = "raw"


@dataclass(frozen=True, eq=False)
class Found:
    """Directions [M, size], as a `Probe` takes them, and their strengths [M], strongest first.

    A strength is how far one deviation moves the picture (the root of the summed squares over its
    pixels, in [0, 1]); of mean directions it is their share of the variance, or of the effect.
    """

    axes: Floats
    strength: Floats


@dataclass(frozen=True, eq=False)
class FoundDirections:
    """Of the code and of the noise; none where they have no sense."""

    code: Found
    noise: Found


@dataclass(frozen=True, eq=False)
class WhichDirections(Question[FoundDirections]):
    """The directions of the code and of the noise that sliders move along.

    `probe` is of one tile; its offsets do not matter, so that directions stay while they are moved
    along.
    """

    answered_by: ClassVar[str] = "trainer.exploring.local_directions:find"
    probe: Probe
    code: Basis
    noise: Basis


@dataclass(frozen=True, eq=False)
class Strips:
    """One tile at the offsets `STRIP` along some directions: uint8 [R, 5, H, W, C] each."""

    code: Pixels
    noise: Pixels


@dataclass(frozen=True, eq=False)
class WhichStrips(Question[Strips]):
    """How the tile looks along these of the directions that its probe moves along, by number."""

    answered_by: ClassVar[str] = "trainer.exploring.strips:draw_strips"
    probe: Probe
    code: tuple[int, ...]
    noise: tuple[int, ...]


@dataclass(frozen=True)
class Factor:
    """What a direction moves: a known factor, and its correlation with the offset, -1 to 1."""

    name: str
    correlation: float


@dataclass(frozen=True)
class Factors:
    """One for each direction; None where the probe reads no factor off the pictures."""

    code: tuple[Factor | None, ...] = ()
    noise: tuple[Factor | None, ...] = ()


@dataclass(frozen=True, eq=False)
class WhichFactors(Question[Factors]):
    """Which known factor of drawn images each direction moves."""

    answered_by: ClassVar[str] = "trainer.exploring.factor_names:name_factors"
    lane: ClassVar[Lane] = Lane.SLOW
    code: Floats  # [M, K]
    noise: Floats  # [M, n]
