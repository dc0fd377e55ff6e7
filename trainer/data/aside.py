"""Images that are set aside from a run's training: a file of the run. No torch.

RUN/aside.json lists decisions: from which step on an image is set aside, or taken back. An image is
named by its domain (0, or 1 for the second of a CycleIAE) and by the hash of its file's content, or
where the images are not the user's own by its place among the training rows.

What makes going on exact: the file says what holds at each step, and nothing else does. A decision
of step s is in force for the batch that is drawn at step s, and for all later ones, whenever that
step is trained. It is on disk before that step begins. So a run that is killed at step t, and goes
on from its checkpoint of step k < t, meets the decisions of the steps k to t once more, each at its
own step, and ends as it would have without the kill. What is decided anew at step j about an image
takes the place of every decision about it from step j on, those still to come among them: the
newest will of the user holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.data.run_files import read_run_file
from trainer.messages import UserError
from trainer.recipe.migration import brief
from trainer.recipe.saved import MOST_STEPS

FILE = "aside.json"
FORMAT = 1
FEWEST = 16  # images that must remain, of each domain
MOST = 1 << 26  # bytes
MOST_DECISIONS = 500_000
NAMINGS = ("content", "row")

Name = tuple[int, int]  # of an image: its domain, and its content or row


@dataclass(frozen=True)
class Change:
    """What somebody wants: these images of a domain set aside, or taken back."""

    domain: int
    images: tuple[int, ...]
    aside: bool


@dataclass(frozen=True)
class Decision:
    """From the batch of `step` on an image is set aside, or taken back."""

    step: int
    domain: int
    image: int
    aside: bool

    @property
    def name(self) -> Name:
        return self.domain, self.image


@dataclass(frozen=True)
class Decisions:
    """All decisions of a run, in the order of their steps."""

    by_content: bool
    all: tuple[Decision, ...] = ()

    def in_force(self, step: int | None = None) -> frozenset[Name]:
        """What is set aside when the batch of a step is drawn; in the end, where none is named."""
        aside: set[Name] = set()
        for each in self.all:
            if step is not None and each.step > step:
                break
            (aside.add if each.aside else aside.discard)(each.name)
        return frozenset(aside)

    def next_step(self, step: int) -> int | None:
        """The first step after this one at which something is decided."""
        return next((each.step for each in self.all if each.step > step), None)

    def but(self, step: int, change: Change) -> Decisions:
        """With a change that is decided at a step; later decisions about its images go."""
        about = {(change.domain, image) for image in change.images}
        kept = [each for each in self.all if each.step < step or each.name not in about]
        before = Decisions(self.by_content, tuple(kept)).in_force(step)
        fresh = [
            Decision(step, *name, change.aside)
            for name in sorted(about)
            if (name in before) is not change.aside
        ]
        return Decisions(self.by_content, _sorted([*kept, *fresh]))

    def to_json(self) -> bytes:
        """The file's contents; `read_decisions` is the inverse."""
        content = {
            "format": FORMAT,
            "by": NAMINGS[not self.by_content],
            "decisions": [dict(vars(each)) for each in self.all],
        }
        return json.dumps(content, indent=0).encode()


def read_decisions(run: Path) -> Decisions | None:
    """Those of a run folder; None where nothing was ever decided.

    Raises UserError where the file is damaged, with the way out.
    """
    limits = FORMAT, MOST
    return read_run_file(run / FILE, limits, _parsed, "a list of decisions", unusable)


def unusable(file: Path, why: str) -> UserError:
    """What is said of a file that cannot be gone by."""
    return UserError(
        f"{file}, which says what images are set aside, cannot be used ({why}). Copy "
        "it back from a backup, or delete it to train on all images again."
    )


def _parsed(content: Mapping[str, Any]) -> Decisions:
    by, listed = content["by"], content["decisions"]
    if by not in NAMINGS:
        raise ValueError(f"images are named by {brief(by)}")
    if not isinstance(listed, list) or len(listed) > MOST_DECISIONS:
        raise ValueError("it is no list of decisions, or holds too many")
    by_content = by == NAMINGS[0]
    return Decisions(by_content, _sorted(_decision(each, by_content) for each in listed))


def _decision(each: Mapping[str, Any], by_content: bool) -> Decision:
    least, most = (-(1 << 63), (1 << 63) - 1) if by_content else (0, (1 << 31) - 1)
    aside = each["aside"]
    if not isinstance(aside, bool):
        raise ValueError(f"aside is true or false, not {brief(aside)}")
    return Decision(
        _whole(each["step"], 0, MOST_STEPS),
        _whole(each["domain"], 0, 1),
        _whole(each["image"], least, most),
        aside,
    )


def _whole(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{brief(value)} is no whole number from {least} to {most}")
    return value


def _sorted(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    return tuple(sorted(decisions, key=lambda each: each.step))  # of one step in their order
