"""What a source or a target of an autoencoder is: something that can be sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import torch
from torch import Tensor


class Distribution(Protocol):
    """A distribution over tensors of one shape."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample."""

    def sample(self, count: int, rng: torch.Generator) -> Tensor:
        """`count` samples, float32 [count, *shape], on the generator's device."""


@dataclass(frozen=True)
class Gaussian:
    """The standard normal distribution; size 0 is the absence of a noise vector."""

    size: int

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.size,)

    def sample(self, count: int, rng: torch.Generator) -> Tensor:
        return torch.randn(count, self.size, generator=rng, device=rng.device)


@dataclass(frozen=True)
class OneHot:
    """The uniform categorical distribution, as one-hot vectors."""

    size: int

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.size,)

    def sample(self, count: int, rng: torch.Generator) -> Tensor:
        index = torch.randint(self.size, (count,), generator=rng, device=rng.device)
        # one_hot would look at the numbers, which a captured step cannot.
        return (index[:, None] == torch.arange(self.size, device=rng.device)).float()


@dataclass(frozen=True, eq=False)
class Empirical:
    """The empirical distribution of a data set: rows drawn with replacement.

    `rows` is uint8 [N, C, H, W] (pixels, read out in [0, 1]) or float [N, D] (points).
    """

    rows: Tensor
    resident: ClassVar[bool] = True  # all of it lies on the device

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.rows.shape[1:])

    def sample(self, count: int, rng: torch.Generator) -> Tensor:
        return self.at(torch.randint(len(self.rows), (count,), generator=rng, device=rng.device))

    def batch(self, count: int, step: int, rng: torch.Generator) -> Tensor:
        """What a training gets at a step: `count` samples, float32 [count, *shape]."""
        return self.sample(count, rng)

    def at(self, index: Tensor) -> Tensor:
        """The rows of these numbers, int64 [count]."""
        rows = self.rows[index]
        return rows.float() / 255 if rows.dtype == torch.uint8 else rows

    def only(self, kept: Tensor) -> Empirical:
        """The distribution of the rows of these numbers alone, int64 [M]; none is copied."""
        return Part(self.rows, kept.to(self.rows.device)) if len(kept) < len(self.rows) else self


@dataclass(frozen=True, eq=False)
class Part(Empirical):
    """The empirical distribution of some of the rows: those of the numbers `kept`."""

    kept: Tensor

    def sample(self, count: int, rng: torch.Generator) -> Tensor:
        place = torch.randint(len(self.kept), (count,), generator=rng, device=rng.device)
        return self.at(self.kept[place])
