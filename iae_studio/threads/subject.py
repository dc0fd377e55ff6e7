"""What questions are about, and one that waits for its answer."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from iae_studio.state.asking import Asked

if TYPE_CHECKING:
    from trainer.inference.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Subject:
    """What the questions are about: weights, where they come from, and where data lie."""

    snapshot: Snapshot
    path: Path | None = None
    root: Path | None = None
    moment: Path | None = None  # the file of weights of before, where such are shown
    live: bool = True  # newer weights come about once a second


@dataclass(eq=False)
class Wanted:
    """A question, and when it may be answered."""

    asked: Asked
    # By what it was answered last, which is not held: a question may wait for long.
    answered_of: weakref.ref[Subject] | None = None
    due: float = 0.0  # when newer weights may answer it
    again: float = 0.0  # when it may be tried again, for which there was no memory
    tries: int = 0

    def was_answered_by(self, subject: Subject) -> bool:
        """Whether these very weights answered it last."""
        return self.answered_of is not None and self.answered_of() is subject
