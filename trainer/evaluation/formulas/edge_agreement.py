"""How far the drawn lines of two edge images are the same lines."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from trainer.evaluation.measurable import at_least

DARK = 0.5  # an edge pixel is darker than this


def edge_f1(a: Tensor, b: Tensor, tolerance: int = 1) -> float:
    """F1 of the edge pixels of a against those of b, the mean over images, 0 to 1.

    Images [N, C, H, W] in [0, 1], dark lines on white; C is averaged to grey. As in the boundary
    benchmark of Martin, Fowlkes and Malik (2004), a pixel is right if the other image has an edge
    pixel close by: here at most `tolerance` px away along each axis. Precision is the share of
    a's pixels that are right, recall that of b's, F1 = 2 P R / (P + R). Two images without any
    edge agree (1); where only one has edges they do not (0).
    """
    at_least(1, len(a), "test images")
    if a.shape[0] != b.shape[0] or a.shape[2:] != b.shape[2:]:
        raise ValueError(f"edge images of two sizes: {tuple(a.shape)} and {tuple(b.shape)}")
    return float(_scores(_edges(a), _edges(b), tolerance).mean())


def chance_f1(a: Tensor, b: Tensor, tolerance: int = 1) -> float:
    """The same for images that do not belong together: b moved on by one image."""
    at_least(2, len(b), "test images")
    return edge_f1(a, b.roll(1, 0), tolerance)


def _edges(images: Tensor) -> Tensor:
    """float32 [N, 1, H, W], 1 where the grey is dark."""
    return (images.float().mean(1, keepdim=True) < DARK).float()


def _scores(a: Tensor, b: Tensor, tolerance: int) -> Tensor:
    """F1 of each pair of edge maps: float64 [N]."""
    precision, recall = _found(a, b, tolerance), _found(b, a, tolerance)
    both = precision + recall
    f1 = torch.where(both > 0, 2 * precision * recall / both.clamp(min=1e-12), 0.0)
    empty = (a.sum((1, 2, 3)) == 0) & (b.sum((1, 2, 3)) == 0)
    return f1.where(~empty, 1.0)


def _found(these: Tensor, those: Tensor, tolerance: int) -> Tensor:
    """Share of the pixels of these that lie near one of those; 0 where there are none."""
    near = functional.max_pool2d(those, 2 * tolerance + 1, 1, tolerance)  # dilation by a square
    count = these.sum((1, 2, 3)).double()
    return (these * near).sum((1, 2, 3)).double() / count.clamp(min=1)
