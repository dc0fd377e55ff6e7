"""Points in the plane whose true components are known (Figure 5)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

MODES = 7
RADIUS = 2.0
SIGMA = 0.1


def mode_centres() -> Tensor:
    """The means of the seven Gaussians, evenly on a circle: float32 [7, 2]."""
    angle = torch.arange(MODES) * (2 * math.pi / MODES)
    return RADIUS * torch.stack([angle.cos(), angle.sin()], 1)


def mixture_of_gaussians(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Points [count, 2] of the mixture and the component of each, int64 [count]."""
    rng = torch.Generator().manual_seed(seed)
    component = torch.randint(MODES, (count,), generator=rng)
    points = mode_centres()[component] + SIGMA * torch.randn(count, 2, generator=rng)
    return points, component


def nearest_mode(points: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest component of each point and the distance to its mean, in sigmas."""
    distance, index = torch.cdist(points, mode_centres().to(points)).min(1)
    return index, distance / SIGMA
