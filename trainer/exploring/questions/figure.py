"""The displayed model as its figure in the paper: what stands where, and what is written below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from trainer.exploring.questions.base import Lane, Question
from trainer.messages import Floats, Pixels, Probe


@dataclass(frozen=True, eq=False)
class Block:
    """Pictures uint8 [rows, columns, H, W, C] under one head: of data, code or noise."""

    head: str
    tiles: Pixels
    of: Literal["data", "content", "style"] = "data"


@dataclass(frozen=True, eq=False)
class Plane:
    """Points [M, 2], a colour for each of `groups` [M], over the points `behind` [K, 2]."""

    head: str
    points: Floats
    groups: npt.NDArray[np.int64]
    behind: Floats


@dataclass(frozen=True, eq=False)
class Figure:
    """A page: blocks or planes beside each other, and a caption of a few sentences."""

    title: str
    caption: str
    blocks: tuple[Block, ...] = ()
    planes: tuple[Plane, ...] = ()


@dataclass(frozen=True, eq=False)
class LayOut(Question[Figure]):
    """Lay the model out for these images and this noise. `seen` says what the images are."""

    answered_by = "trainer.exploring.figure:lay_out"
    lane: ClassVar[Lane] = Lane.SLOW
    probe: Probe
    seen: str = "test images"
