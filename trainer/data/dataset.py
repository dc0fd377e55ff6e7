"""What a data set is: rows to train on, rows to judge by, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from trainer.data.batches import TrainingBatches
from trainer.data.distributions import Empirical
from trainer.data.memory_limits import fits
from trainer.data.memory_maps import taken
from trainer.data.streaming import Streamed
from trainer.messages import UserError
from trainer.recipe.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Rows:
    """Some images uint8 [N, C, H, W], or points float32 [N, 2], and what is known of them.

    `factors` holds the true content and style of drawn images, float32 [N] each. `edges` are the
    true edge images of drawn shoes. `mapped` images lie in a file and are read as they are used.
    """

    images: Tensor
    labels: Tensor
    factors: dict[str, Tensor] = field(default_factory=dict)
    edges: Tensor | None = None
    mapped: bool = False

    def __len__(self) -> int:
        return len(self.images)

    def only(self, index: Tensor) -> Rows:
        """The rows of a boolean mask or of numbers."""
        factors = {name: values[index] for name, values in self.factors.items()}
        edges = self.edges[index] if self.edges is not None else None
        labels = self.labels[index]
        if not self.mapped:
            return Rows(self.images[index], labels, factors, edges)
        images, mapped = taken(self.images, index)
        return Rows(images, labels, factors, edges, mapped)

    def distribution(self, device: torch.device, seed: int, domain: int) -> Empirical:
        """What a training draws from: the images on the device, or read from where they are.

        `seed` and `domain` (0, 1) decide the rows of each step where the device does not hold all.
        """
        if fits(self.images.nbytes, device, self.mapped):
            return Empirical(self.images.to(device, copy=self.mapped))
        return Streamed.of(self.images, seed, domain, device)


@dataclass(frozen=True, eq=False)
class DataSet:
    """Rows to train on and rows to judge by; for CycleIAE those of the second domain too."""

    train: Rows
    test: Rows
    other_train: Rows | None = None
    other_test: Rows | None = None
    classes: int = 10

    def batches(self, recipe: Recipe, device: torch.device) -> TrainingBatches:
        """The training rows, on the device where they fit; `recipe.data.labels` of them with labels,

        of every class as many as of any other.
        """
        data = self.train.distribution(device, recipe.optim.seed, 0)
        if not recipe.data.labels:
            other = self.other_train
            return TrainingBatches(
                data, None if other is None else other.distribution(device, recipe.optim.seed, 1)
            )
        if self.classes > recipe.model.code:
            raise UserError(
                f"The labels name {self.classes} classes, but the code has {recipe.model.code} "
                f"categories: set code={self.classes} or more."
            )
        known = labelled_rows(self.train, recipe.data.labels, recipe.optim.seed)
        return TrainingBatches(
            data, None, Empirical(known.images.to(device)), known.labels.to(device)
        )


def labelled_rows(rows: Rows, count: int, seed: int) -> Rows:
    """`count` rows, of every class as many as of any other, chosen by the seed."""
    rng = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(rows), generator=rng)
    labels = rows.labels[order]
    # The number of a row within its class, in this order: sorting by it takes turns.
    turn = torch.empty_like(labels)
    for label in labels.unique():
        mine = labels == label
        turn[mine] = torch.arange(int(mine.sum()))
    return rows.only(order[turn.argsort(stable=True)[:count]])
