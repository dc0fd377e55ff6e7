"""The question how much of a model's pictures the noise makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from trainer.exploring.questions.base import Lane, Question

FEW, MOST = 0.01, 0.8  # below, the decoder ignores its noise; above, the noise drowns the code

Verdict = Literal["fine", "ignores", "drowns"]


@dataclass(frozen=True)
class Share:
    """Over a batch of test images; None where there are none, or the model is untrained."""

    batch: float | None
    verdict: Verdict = "fine"


@dataclass(frozen=True, eq=False)
class WhichShare(Question[Share]):
    """How much of the variance of the model's pictures of test images the noise makes."""

    answered_by: ClassVar[str] = "trainer.exploring.shares:share_of_batch"
    lane: ClassVar[Lane] = Lane.SLOW  # test images may have to be loaded first
