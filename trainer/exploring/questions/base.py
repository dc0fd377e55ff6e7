"""What every question to a model is. No torch, so that a window can ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from trainer.data.progress import OnProgress, unheard

A = TypeVar("A", covariant=True)


class Lane(StrEnum):
    """How long an answer takes."""

    QUICK = "quick"  # a hand may wait for it
    SLOW = "slow"  # seconds
    DATA = "data"  # about all training images, which are read or drawn first: up to minutes


@dataclass(frozen=True, eq=False)
class Question(Generic[A]):
    """A question about the displayed weights; the answer is of the type `A`.

    `answered_by` is called with the snapshot, the question and its `Circumstances`; the name
    "module:function" imports it when it is needed. The questions of one `lane` are answered one
    after the other, those of another meanwhile.
    """

    answered_by: ClassVar[str | Callable[..., Any]]
    lane: ClassVar[Lane] = Lane.QUICK


@dataclass(frozen=True)
class Circumstances:
    """What an answer may need beside the snapshot.

    root: where data sets lie; None for the program's own folder. path: the run folder or model file
    that is displayed, where it is one. `progress(done, total)` is called on the way; what it raises
    ends the answer. moment: the file of the weights, where they are kept ones of the run at `path`.
    """

    root: Path | None = None
    path: Path | None = None
    progress: OnProgress = unheard
    moment: Path | None = None


def untrained(what: str) -> str:
    """What is said in place of an answer by weights that have learned nothing."""
    return f"This model is untrained: {what} mean nothing yet. Press Train."
