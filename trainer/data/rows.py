"""What a data set is: rows to train on, rows to judge by, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from trainer.feed import Feed
from trainer.messages import UserError
from trainer.recipes import Recipe
from trainer.spaces import Empirical


@dataclass(frozen=True, eq=False)
class Rows:
    """Some images uint8 [N, C, H, W], or points float32 [N, 2], and what is known of them.

    `factors` holds the true content and style of drawn images, float32 [N] each. `edges` are the
    true edge images of drawn shoes.
    """

    images: Tensor
    labels: Tensor
    factors: dict[str, Tensor] = field(default_factory=dict)
    edges: Tensor | None = None

    def __len__(self) -> int:
        return len(self.images)

    def only(self, index: Tensor) -> Rows:
        """The rows of a boolean mask or of numbers."""
        factors = {name: values[index] for name, values in self.factors.items()}
        edges = self.edges[index] if self.edges is not None else None
        return Rows(self.images[index], self.labels[index], factors, edges)


@dataclass(frozen=True, eq=False)
class DataSet:
    """Rows to train on and rows to judge by; for CycleIAE those of the second domain too."""

    train: Rows
    test: Rows
    other_train: Rows | None = None
    other_test: Rows | None = None
    classes: int = 10

    def feed(self, recipe: Recipe, device: torch.device) -> Feed:
        """The training rows on the device; `recipe.labels` of them, class by class, with labels."""
        other = None if self.other_train is None else self.other_train.images.to(device)
        data = Empirical(self.train.images.to(device))
        if not recipe.labels:
            return Feed(data, Empirical(other) if other is not None else None)
        if self.classes > recipe.code:
            raise UserError(
                f"The labels name {self.classes} classes, but the code has {recipe.code} "
                f"categories: set code={self.classes} or more."
            )
        known = labelled_rows(self.train, recipe.labels, recipe.seed)
        return Feed(data, None, Empirical(known.images.to(device)), known.labels.to(device))


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
