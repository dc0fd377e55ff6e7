"""Points in the plane whose true components are known (Figures 5, 11 and 12)."""

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


FOUR = ((-1.5, -1.5), (-1.5, 1.5), (1.5, -1.5), (1.5, 1.5))
FOUR_SIGMA = 0.05


def four_points(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Points [count, 2] at four places, blurred a little, and the place of each, int64 [count]."""
    rng = torch.Generator().manual_seed(seed)
    place = torch.randint(len(FOUR), (count,), generator=rng)
    noise = FOUR_SIGMA * torch.randn(count, 2, generator=rng)
    return torch.tensor(FOUR)[place] + noise, place


def nearest_place(points: Tensor) -> Tensor:
    """The nearest of the four places to each point: int64 [N]."""
    return torch.cdist(points, torch.tensor(FOUR)).argmin(1)
