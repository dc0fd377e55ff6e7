"""Questions about the data that the displayed model is trained and judged on. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from trainer.data.aside import Name
from trainer.exploring.questions.base import Lane, Question
from trainer.messages import Floats, Pixels

Numbers = npt.NDArray[np.int64]
LOOKED_AT = 2000  # images whose reconstruction is judged


@dataclass(frozen=True)
class Where:
    """Training images, or test images; of one domain, 1 for the second of a CycleIAE."""

    training: bool = True
    domain: int = 0


@dataclass(frozen=True, eq=False)
class Listing:
    """What there is to see there, a row for each image in the order of the data.

    `keys` [N] name the images in a run's `aside.json`: by content, or by their rows. `names` are
    the files of own images; others have none. `lacking` says why nothing can be seen. `mark` is
    another number where own images are others: their rows mean what they did as long as it stays.
    """

    labels: Numbers  # [N]
    keys: Numbers  # [N]
    class_names: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    lacking: str = ""
    mark: int = 0

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Judged:
    """Some images, evenly spaced over all, as the model sees them.

    errors: mean squared error of their reconstructions, pixels in [0, 1]. clusters: the category of
    each, [0] where the code has none. odd: whether most images of its cluster, of those that were
    looked at, have another class.
    """

    step: int
    rows: Numbers  # [M], ascending
    errors: Floats  # [M]
    clusters: Numbers  # [M] or [0]
    odd: npt.NDArray[np.bool_]  # [M] or [0]


@dataclass(frozen=True, eq=False)
class ListImages(Question[Listing]):
    """What there is to see; the data are loaded for it."""

    answered_by: ClassVar[str] = "trainer.exploring.browse:listed"
    lane: ClassVar[Lane] = Lane.DATA
    where: Where


@dataclass(frozen=True, eq=False)
class ShowImages(Question[Pixels | None]):
    """The images of these rows, uint8 [n, H, W, C]; `longest` bounds their sides, in px.

    None where the images are not those any more that were listed with this `mark`.
    """

    answered_by: ClassVar[str] = "trainer.exploring.browse:shown"
    where: Where
    rows: tuple[int, ...]
    longest: int = 0  # 0: in their own size
    mark: int | None = None  # None: whichever they are


@dataclass(frozen=True, eq=False)
class JudgeImages(Question[Judged | None]):
    """How well images are reconstructed, and which cluster each is in; `mark` as above."""

    answered_by: ClassVar[str] = "trainer.exploring.browse:judged"
    lane: ClassVar[Lane] = Lane.DATA
    where: Where
    most: int = LOOKED_AT
    mark: int | None = None


@dataclass(frozen=True, eq=False)
class AskAside(Question[frozenset[Name]]):
    """What the displayed run sets aside from its training."""

    answered_by: ClassVar[str] = "trainer.exploring.browse:aside"
