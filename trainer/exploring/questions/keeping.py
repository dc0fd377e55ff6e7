"""Keeping the weights that are shown, so that the same pixels can be made of them later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.exploring.questions.base import Question


@dataclass(frozen=True)
class Kept:
    """Where the weights that are shown lie for good, and what tells them from any others.

    path: a model file; None for the untrained weights of the recipe's seed. fingerprint: the
    checksum of its tensors; empty without a file.
    """

    path: Path | None
    step: int
    fingerprint: str = ""


@dataclass(frozen=True, eq=False)
class KeepWeights(Question[Kept]):
    """Have the shown weights lie in a file that nothing thins out or replaces.

    Of a run this writes one of its snapshots, exact to the bit; a model file is such a file.
    """

    answered_by = "trainer.exploring.keeping:keep"
