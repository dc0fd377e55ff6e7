"""Which images of a listing are shown, and in which order. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from trainer.exploring.questions.data import Judged, Listing, Numbers

Look = Literal["all", "best", "worst", "odd", "aside"]
JUDGED: tuple[Look, ...] = ("best", "worst", "odd")  # looks that take the model's judgement


@dataclass(frozen=True)
class Choice:
    """A way to look, and filters; None lets all pass."""

    look: Look = "all"
    label: int | None = None
    cluster: int | None = None

    @property
    def judges(self) -> bool:
        """Whether it is about what was judged alone."""
        return self.look in JUDGED or self.cluster is not None


def chosen(
    listing: Listing, judged: Judged | None, aside: npt.NDArray[np.bool_], choice: Choice
) -> Numbers:
    """The rows to show. `aside` [N] says which images are set aside.

    Best and worst are by the error, and rows of one error in their order; nothing is judged, and
    nothing shown of what asks for it, where `judged` is None.
    """
    if not choice.judges:
        rows = np.arange(len(listing), dtype=np.int64)
    elif judged is None:
        return np.empty(0, np.int64)
    else:
        rows = _of_judged(judged, choice)
    if choice.look == "aside":
        rows = rows[aside[rows]]
    if choice.label is not None:
        rows = rows[listing.labels[rows] == choice.label]
    return rows


def _of_judged(judged: Judged, choice: Choice) -> Numbers:
    places = np.arange(len(judged.rows))
    if choice.look in ("best", "worst"):
        errors = judged.errors if choice.look == "best" else -judged.errors
        places = np.argsort(errors, kind="stable")
    if choice.look == "odd":
        places = places[judged.odd] if len(judged.odd) else places[:0]
    if choice.cluster is not None:
        places = (
            places[judged.clusters[places] == choice.cluster]
            if len(judged.clusters)
            else places[:0]
        )
    rows: Numbers = judged.rows[places]
    return rows


def set_aside(listing: Listing, keys: frozenset[int]) -> npt.NDArray[np.bool_]:
    """Of each row whether its image is among these, bool [N]."""
    wanted = np.fromiter(keys, np.int64, len(keys))
    return np.isin(listing.keys, wanted)
