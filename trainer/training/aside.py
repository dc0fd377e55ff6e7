"""What a training draws from while images are set aside from it; see `trainer.data.aside`."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.data.aside import (
    FEWEST,
    FILE,
    MOST_DECISIONS,
    Change,
    Decisions,
    Name,
    read_decisions,
    unusable,
)
from trainer.data.batches import TrainingBatches
from trainer.data.dataset import DataSet, Rows, labelled_index
from trainer.messages import UserError
from trainer.training.checkpoint import STATE, RunFolder
from trainer.training.state_file import opened, step_of


@dataclass(frozen=True, eq=False)
class Remaining:
    """The numbers of the rows that remain of each domain, and which labelled ones do."""

    rows: tuple[Tensor, ...]
    labelled: Tensor | None = None


class Course:
    """The batches of a run, step by step: of the rows that are not set aside at that step.

    Where nothing is set aside they are the very batches that it was made of.
    """

    def __init__(self, run: RunFolder, data: DataSet, batches: TrainingBatches) -> None:
        """To be made while the run is held alone. Raises UserError where its file is damaged."""
        self._run, self._all, self._now = run, batches, batches
        self._rows = _domains(data)
        recipe = run.recipe()
        self._labelled = (
            labelled_index(data.train, recipe.data.labels, recipe.optim.seed)
            if recipe.data.labels
            else None
        )
        self._from, self._until = 0, 0  # the steps that `_now` is of; none yet
        self._known: dict[frozenset[Name], TrainingBatches] = {frozenset(): batches}
        self.decisions = _decisions_of(run, self._rows)
        if self.decisions.all:
            run.write(FILE, self.decisions.to_json())  # so that it's put back with the folder

    @property
    def device(self) -> torch.device:
        return self._all.device

    def at(self, step: int) -> TrainingBatches:
        """What the batch of a step is drawn from, the same object while nothing is decided.

        Raises UserError where too few images remain.
        """
        if not self._from <= step < self._until:
            aside = self.decisions.in_force(step)
            if aside not in self._known:
                self._known = {frozenset(): self._all, aside: self._without(aside)}
            self._now = self._known[aside]
            later = self.decisions.next_step(step)
            self._from, self._until = step, 1 << 62 if later is None else later
        return self._now

    def change(self, step: int, change: Change) -> None:
        """Decide at a step that has not begun; it is on disk when this returns.

        Raises UserError where that cannot be, or cannot be written: then all stays as it was.
        """
        decided = _decided(self.decisions, step, change, self._rows, self._labelled)
        if decided != self.decisions:
            self._run.write(FILE, decided.to_json())
            self.decisions, self._until = decided, 0

    def _without(self, aside: frozenset[Name]) -> TrainingBatches:
        remain = _remaining(aside, self._rows, self._labelled)
        other = remain.rows[1] if len(remain.rows) > 1 else None
        return self._all.only(remain.rows[0], other, remain.labelled)


def set_aside(run: RunFolder, data: DataSet, change: Change) -> None:
    """Decide while nobody trains a run: in force from its last checkpoint on.

    Raises UserError as `Course.change` does, and where somebody trains it.
    """
    rows, recipe = _domains(data), run.recipe()
    labels = recipe.data.labels
    labelled = labelled_index(data.train, labels, recipe.optim.seed) if labels else None
    with run.alone():
        known = _decisions_of(run, rows)
        decided = _decided(known, _step_of(run), change, rows, labelled)
        if decided != known:
            run.write(FILE, decided.to_json())


def _step_of(run: RunFolder) -> int:
    if not run.has_state():
        return 0
    with opened(run.path / STATE) as file:
        return step_of(file, run.path / STATE)


def _domains(data: DataSet) -> tuple[Rows, ...]:
    return (data.train,) if data.other_train is None else (data.train, data.other_train)


def _decisions_of(run: RunFolder, rows: tuple[Rows, ...]) -> Decisions:
    """The run's decisions. Raises UserError where they are not about these images."""
    by_content = rows[0].contents is not None
    known = read_decisions(run.path)
    if known is None:
        return Decisions(by_content)
    if known.all and known.by_content is not by_content:
        raise unusable(run.path / FILE, "it is of a run on other images")
    for each in known.all:
        there = len(rows[each.domain]) if each.domain < len(rows) else 0
        if not there or (not by_content and each.image >= there):
            raise unusable(run.path / FILE, f"it names image {each.image:,} of {there:,}")
    return Decisions(by_content, known.all)


def _decided(
    known: Decisions, step: int, change: Change, rows: tuple[Rows, ...], labelled: Tensor | None
) -> Decisions:
    """With a change. Raises UserError where too few images would remain, now or later."""
    decided = known.but(step, change)
    if len(decided.all) > MOST_DECISIONS:
        raise UserError(f"{len(known.all):,} decisions are kept, and no more: begin a new run.")
    if change.aside:
        later = {each.step for each in decided.all if each.step >= step}
        for when in sorted({step, *later}):
            _remaining(decided.in_force(when), rows, labelled)
    return decided


def _remaining(
    aside: frozenset[Name], rows: tuple[Rows, ...], labelled: Tensor | None
) -> Remaining:
    """What is left. Raises UserError where that is too little."""
    masks = [_stays(each, domain, aside) for domain, each in enumerate(rows)]
    for mask in masks:
        left = int(mask.sum())
        if left < min(FEWEST, len(mask)):  # a domain may have fewer
            raise UserError(
                f"{left:,} of {len(mask):,} images would be left to train on, and at least "
                f"{FEWEST} must remain: take some back, or leave this one in."
            )
    known = None if labelled is None else masks[0][labelled].nonzero()[:, 0]
    if known is not None and not len(known):
        raise UserError(
            "No labelled image would be left to learn the classes from: take one of them back."
        )
    return Remaining(tuple(mask.nonzero()[:, 0] for mask in masks), known)


def _stays(rows: Rows, domain: int, aside: frozenset[Name]) -> Tensor:
    """Of each row whether it stays, bool [N]; two files of one content are one image."""
    gone = torch.tensor(sorted(image for of, image in aside if of == domain), dtype=torch.int64)
    if rows.contents is not None:
        return ~torch.isin(rows.contents, gone)
    stays = torch.ones(len(rows), dtype=torch.bool)
    stays[gone] = False
    return stays
