"""Questions about a code that is drawn: what it stands for, and the edges of an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from trainer.exploring.questions.base import Question
from trainer.messages import Pixels, Probe
from trainer.recipe.recipe import Recipe

DRAWN_EDGES = "drawn-shoes"  # the data set whose edges are drawn, and not detected


@dataclass(frozen=True)
class Pen:
    """How lines look in the domain of a code: greys 0 to 255, and a line's width in its pixels.

    `soft` lines fade at their sides, others are of whole pixels.
    """

    ground: int
    line: int
    width: float
    soft: bool


def pen_of(recipe: Recipe) -> Pen | None:
    """The pen that draws codes of a model; None where its codes are no line drawings."""
    edges = recipe.translates and recipe.data.second == "edges" and not recipe.data.images_b
    if not edges:
        return None
    if recipe.data.name == DRAWN_EDGES:
        return Pen(255, 20, 1.3 * recipe.data.size / 32, True)
    return Pen(255, 0, 1.0, False)


@dataclass(frozen=True, eq=False)
class DrawnTiles:
    """What a drawn code stands for: uint8 [D, H, W, C], one for each noise vector."""

    step: int
    tiles: Pixels


@dataclass(frozen=True, eq=False)
class DrawnCode(Question[DrawnTiles]):
    """What does the decoder make of this code, uint8 [H, W, C], with the noises of a probe?"""

    answered_by: ClassVar[str] = "trainer.exploring.drawn_code:draw_code"

    code: Pixels
    probe: Probe  # its images are not asked about


@dataclass(frozen=True, eq=False)
class EdgesOf(Question[Pixels]):
    """The edges that are detected in an image, both uint8 [H, W, C]."""

    answered_by: ClassVar[str] = "trainer.exploring.drawn_code:edges_of"

    picture: Pixels
