"""The map: the codes of many test images, a plane through them, their neighbourhoods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from trainer.exploring.plane import Plane
from trainer.exploring.questions.base import Lane, Question
from trainer.messages import Floats, Pixels, Probe

COUNT = 2000  # images on a map
DRAWS = 32  # of a stochastic encoder, to show how the code of an image spreads
STAGES = 9  # of neighbourhoods, each shown as it is done
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MapImages:
    """The images on a map, the same object as long as they are the same.

    pictures: as the network sees them [N, H, W, C]; thumbnails: the same, 32 px or smaller. labels:
    [N], class `label` is called `class_names[label]`.
    """

    names: tuple[str, ...]
    labels: Whole
    class_names: tuple[str, ...]
    pictures: Pixels
    thumbnails: Pixels


@dataclass(frozen=True, eq=False)
class CodeMap:
    """Where the codes of images lie.

    codes [N, K]: of a CycleIAE, whose code is a picture, the features of the encoder's middle
    layer, which cannot be decoded. clusters [N]: of a categorical code the likeliest category.
    plane: None where the codes have a single dimension, or fewer than three images are there.
    """

    step: int
    images: MapImages
    codes: Floats
    clusters: Whole | None
    decodable: bool
    plane: Plane | None


@dataclass(frozen=True, eq=False)
class MapCodes(Question[CodeMap]):
    """The codes of up to `count` test images, and the plane of their strongest directions."""

    answered_by: ClassVar[str] = "trainer.exploring.map:map_codes"
    lane: ClassVar[Lane] = Lane.SLOW
    count: int = COUNT


@dataclass(frozen=True, eq=False)
class Place(Question[Floats]):
    """Where images [n, H, W, C] lie: codes [n, D, K], D draws where the encoder is stochastic."""

    answered_by: ClassVar[str] = "trainer.exploring.map:place"
    pictures: Pixels


@dataclass(frozen=True, eq=False)
class DecodePlane(Question[Pixels]):
    """What the decoder makes of places [N, 2] of a plane, with the noise of the probe's column."""

    answered_by: ClassVar[str] = "trainer.exploring.map:decode_plane"
    plane: Plane
    points: Floats
    probe: Probe


@dataclass(frozen=True, eq=False)
class DecodeLattice(DecodePlane):
    """The same of many places."""

    lane: ClassVar[Lane] = Lane.SLOW


@dataclass(frozen=True, eq=False)
class NoiseShares(Question[Floats]):
    """How much of the picture the noise decides, for each image of a map: [N], 0 to 1."""

    answered_by: ClassVar[str] = "trainer.exploring.map:noise_shares"
    lane: ClassVar[Lane] = Lane.SLOW
    images: MapImages


@dataclass(frozen=True, eq=False)
class Neighbourhoods(Question[Floats]):
    """One stage of a t-SNE of codes [N, K]: places [N, 2], from those of the stage before.

    Stages 0 to STAGES - 1 follow each other; each is a question, so that the map can be seen as it
    forms, and left. The answer is a function of the codes and the seed alone.
    """

    answered_by: ClassVar[str] = "trainer.exploring.neighbourhoods:stage"
    lane: ClassVar[Lane] = Lane.SLOW
    codes: Floats
    number: int = 0
    before: Floats | None = None
    seed: int = 0
