"""Questions about one picture: where the noise acts in it, and what was trained on that is near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from trainer.exploring.questions.base import Lane, Question
from trainer.messages import Floats, Pixels, Probe

DRAWS = 32  # of one picture, to see where they differ
SHOWN = 8  # training images
LOOKED_AT = 10_000  # training images at the most


@dataclass(frozen=True, eq=False)
class Spread:
    """How much each pixel varies over the draws of one picture.

    spread: the standard deviation over the draws [H, W], 0 to 0.5 where pixels go from 0 to 1; of
    colours the root of the channels' mean variance. mean [H, W, C]: the mean picture.
    """

    step: int
    spread: Floats
    mean: Pixels
    draws: int


@dataclass(frozen=True, eq=False)
class WhereNoiseActs(Question[Spread]):
    """Of the first image of `probe`, with the code edits and the noise scale that it has."""

    answered_by: ClassVar[str] = "trainer.exploring.noise_map:where_noise_acts"

    probe: Probe
    draws: int = DRAWS


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The training images that are nearest to a picture, nearest first.

    distances: how far each is; usual: what half of the training images looked at have to their own
    nearest one; nearer: the share of them that are farther from their own nearest than this picture
    from its. in_code: whether distances are of codes, or of pixels (the root of the mean square
    difference, pixels from 0 to 1). why: in place of all that, why there is no answer.
    """

    step: int
    pictures: Pixels  # [N, H, W, C]
    names: tuple[str, ...]
    distances: Floats  # [N]
    usual: float
    nearer: float
    looked_at: int
    in_all: int
    in_code: bool
    why: str = ""


@dataclass(frozen=True, eq=False)
class NearestTraining(Question[Neighbours]):
    """By the code of the probe's first tile; by its pixels where the code is no vector of its own.

    That is so where the code is a picture, or one of a few categories, which all of a kind share.
    """

    answered_by: ClassVar[str] = "trainer.exploring.neighbours:nearest_training"
    lane: ClassVar[Lane] = Lane.SLOW

    probe: Probe
    count: int = SHOWN
