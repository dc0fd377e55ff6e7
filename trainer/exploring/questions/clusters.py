"""Questions about a code that is one of a few categories: what falls into each, and an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from trainer.exploring.questions.base import Lane, Question
from trainer.messages import Floats, Pixels


@dataclass(frozen=True, eq=False)
class Member:
    """An image that falls into a category, by the category's probability."""

    picture: Pixels  # uint8 [H, W, C]
    name: str
    probability: float
    label: str  # its true class; empty where nobody knows


@dataclass(frozen=True, eq=False)
class Category:
    """What falls into one category: its surest images, surest first, and the least sure first."""

    typical: tuple[Member, ...] = ()
    doubtful: tuple[Member, ...] = ()


@dataclass(frozen=True, eq=False)
class SortedImages:
    """What falls into each of K categories.

    `classes` counts the images of each category and true class, int64 [K, classes]; [K, 0] where
    the images have no classes. `lacking` says why nothing was sorted.
    """

    step: int
    counts: npt.NDArray[np.int64]  # [K]
    categories: tuple[Category, ...]
    classes: npt.NDArray[np.int64]
    class_names: tuple[str, ...]
    what: str = "test images"
    instead_of: str = ""  # the data that are not at hand, where drawn ones stand in
    lacking: str = ""

    @property
    def total(self) -> int:
        """Of how many images."""
        return int(self.counts.sum())

    @property
    def shares(self) -> Floats:
        """Of the images the share in each category, float32 [K]."""
        return (self.counts / max(1, self.total)).astype(np.float32)

    def majority(self, category: int) -> tuple[str, float] | None:
        """The class that most of a category are of, and their share; None where it has none."""
        counts = self.classes[category]
        if not counts.sum():
            return None
        most = int(counts.argmax())
        name = self.class_names[most] if most < len(self.class_names) else str(most)
        return name, float(counts[most] / counts.sum())


@dataclass(frozen=True, eq=False)
class SortImages(Question[SortedImages]):
    """Into which categories do the test images fall?"""

    answered_by: ClassVar[str] = "trainer.exploring.categories:sort_images"
    lane: ClassVar[Lane] = Lane.SLOW

    most: int = 2000  # images
    shown: int = 6  # of each category, surest and least sure


@dataclass(frozen=True, eq=False)
class InputCategories(Question[Floats]):
    """How probable is each category of an image? float32 [K], a mean over the encoder's noise."""

    answered_by: ClassVar[str] = "trainer.exploring.categories:input_categories"

    picture: Pixels
    seeds: tuple[int, ...]  # of the noise, where the encoder has some
