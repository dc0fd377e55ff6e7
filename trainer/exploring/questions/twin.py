"""The posteriors of another model of the same points, to be seen beside the displayed one's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from trainer.exploring.questions.base import Question
from trainer.messages import Cloud


@dataclass(frozen=True, eq=False)
class TwinCloud(Question[Cloud]):
    """What the model in a file makes of the prior and of the data; a function of seed and scale."""

    answered_by: ClassVar[str] = "trainer.exploring.twin:twin_cloud"
    path: Path
    seed: int = 0
    scale: float = 1.0
