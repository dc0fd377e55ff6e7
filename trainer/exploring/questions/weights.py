"""A question for the very weights that are shown, to draw from them on another thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from trainer.exploring.questions.base import Question


@dataclass(frozen=True, eq=False)
class ShownWeights(Question[object]):
    """The snapshot that is shown now. Nobody writes to it, so it may be drawn from anywhere."""

    answered_by: ClassVar[str] = "trainer.exploring.weights:shown"
