"""Whether two sets of points, of few dimensions, come from one distribution."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from trainer.evaluation.formulas.arrays import double
from trainer.evaluation.measurable import CannotMeasureError, at_least

Sampler = Callable[[int, torch.Generator], Tensor]


def two_sample_accuracy(a: Tensor, b: Tensor, seed: int, k: int = 15) -> float:
    """Held-out accuracy of telling points of a from points of b, both [N, D]: 0.5 to 1.

    The classifier two-sample test (Lopez-Paz and Oquab, 2017) with k nearest neighbours: 0.5 where
    they are the same to it (less by chance), 1 where they never meet. Half of each set is
    learned, the other half is told apart. k is odd, so that no vote is a tie.
    """
    _same_shape(a, b)
    # One split for both sets: were they equal point by point, a test point would else find its
    # own twin, with the other's label, among the learned.
    order = torch.randperm(len(a), generator=torch.Generator().manual_seed(seed))
    learn, ask = order[: len(a) // 2], order[len(a) // 2 :]
    if len(learn) * 2 < k:
        raise CannotMeasureError(f"{k} neighbours need more than {len(a)} points a set")
    neighbours = KNeighborsClassifier(k).fit(*_labelled(a[learn], b[learn]))
    return float(neighbours.score(*_labelled(a[ask], b[ask])))


def sliced_wasserstein(a: Tensor, b: Tensor, directions: int = 128, seed: int = 0) -> float:
    """Sliced 1-Wasserstein distance of two equally large sets [N, D], in their unit.

    E_t[ W1(<t, a>, <t, b>) ] over directions t drawn evenly from the sphere (Bonneel et al., 2015);
    in one dimension W1 is the mean distance of the sorted values. A shift by v gives E|<t, v>|,
    in the plane 2 |v| / pi.
    """
    _same_shape(a, b)
    at_least(1, len(a), "points")
    rng = torch.Generator().manual_seed(seed)
    lines = torch.randn(a.shape[1], directions, generator=rng, dtype=torch.float64)
    lines = lines / lines.norm(dim=0)
    along = [(rows.detach().cpu().double() @ lines).sort(0).values for rows in (a, b)]
    return float((along[0] - along[1]).abs().mean())


def sampling_floor(
    sample: Sampler, count: int, repeats: int = 8, directions: int = 128, seed: int = 0
) -> float:
    """The mean sliced Wasserstein distance of two independent samples of `count` points.

    What a perfect model would reach: with finitely many points it is not 0.
    `sample(count, generator)` gives points [count, D].
    """
    rng = torch.Generator().manual_seed(seed)
    pairs = ((sample(count, rng), sample(count, rng)) for _ in range(repeats))
    return float(np.mean([sliced_wasserstein(a, b, directions, seed) for a, b in pairs]))


def _labelled(a: Tensor, b: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Points [2N, D] and whose they are, 0 or 1 [2N]."""
    return double(torch.cat([a, b])), np.repeat([0, 1], [len(a), len(b)])


def _same_shape(a: Tensor, b: Tensor) -> None:
    if a.shape != b.shape or a.dim() != 2:
        raise ValueError(f"two sets [N, D] of one shape, not {tuple(a.shape)} and {tuple(b.shape)}")
