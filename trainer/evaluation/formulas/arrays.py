"""Images as rows of pixels, as scikit-learn wants them."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def flat(images: Tensor) -> NDArray[np.float32]:
    """Images [N, ...], uint8 or float in [0, 1] -> float32 [N, P] in [0, 1], on the CPU."""
    rows = images.detach().flatten(1).cpu()
    pixels: NDArray[np.float32] = (
        rows.float() / 255 if rows.dtype == torch.uint8 else rows.float()
    ).numpy()
    return pixels


def double(features: Tensor) -> NDArray[np.float64]:
    """Features [N, D] of any number type -> float64 [N, D], on the CPU."""
    rows: NDArray[np.float64] = features.detach().cpu().double().numpy()
    return rows


def integers(labels: Tensor) -> NDArray[np.int64]:
    """Labels of any integer type -> int64 of the same shape, on the CPU."""
    values: NDArray[np.int64] = labels.detach().cpu().long().numpy()
    return values


def some(count: int, limit: int, seed: int) -> Tensor:
    """At most `limit` of the indices below `count`: all in order, or a random choice by seed."""
    if count <= limit:
        return torch.arange(count)
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))[:limit]
