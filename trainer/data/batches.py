"""What a training draws its batches from: rows on its device, or too many for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from trainer.data.distributions import Empirical


@dataclass(frozen=True)
class Batch:
    """One step's data: float32 [N, C, H, W] in [0, 1], or points [N, 2]."""

    data: Tensor
    other: Tensor | None = None  # of the second domain, unpaired (CycleIAE)
    labelled: Tensor | None = None  # of the few labelled images ...
    labels: Tensor | None = None  # ... and their classes, int64
    guesses: Tensor | None = None  # what the averaged encoder makes of the data [N, K]

    def __len__(self) -> int:
        return len(self.data)


class Supply(Protocol):
    """Where the batches of each step come from."""

    @property
    def device(self) -> torch.device: ...

    def at(self, step: int) -> TrainingBatches:
        """What the batch of a step is drawn from; the same object as long as that is the same."""


@dataclass(frozen=True, eq=False)
class TrainingBatches:
    """The training rows, and what goes with them."""

    data: Empirical
    other: Empirical | None = None
    labelled: Empirical | None = None
    labels: Tensor | None = None

    @property
    def device(self) -> torch.device:
        return self.data.rows.device

    @property
    def resident(self) -> bool:
        """Whether all rows lie on the device, so that nothing is ever waited for."""
        return self.data.resident and (self.other is None or self.other.resident)

    def at(self, step: int) -> TrainingBatches:
        """At every step the same: nothing is set aside."""
        return self

    def only(
        self, rows: Tensor, other: Tensor | None = None, labelled: Tensor | None = None
    ) -> TrainingBatches:
        """Drawn from these rows alone, int64 each; of the labelled ones by their places."""
        if self.labelled is None or self.labels is None or labelled is None:
            second = None if self.other is None or other is None else self.other.only(other)
            return TrainingBatches(self.data.only(rows), second)
        places = labelled.to(self.labels.device)
        few = Empirical(self.labelled.rows[places])
        return TrainingBatches(self.data.only(rows), None, few, self.labels[places])

    def batch(self, count: int, step: int, rng: torch.Generator) -> Batch:
        """A batch of `count`; of the labelled images as many, or all if there are fewer.

        Resident rows are drawn by `rng`; which of the others come follows from the step. Raises
        UserError where those cannot be read.
        """
        data = self.data.batch(count, step, rng)
        other = self.other.batch(count, step, rng) if self.other is not None else None
        if self.labelled is None or self.labels is None:
            return Batch(data, other)
        known = len(self.labels)
        index = torch.randperm(known, generator=rng, device=rng.device)[:count]
        return Batch(data, other, self.labelled.at(index), self.labels[index])
