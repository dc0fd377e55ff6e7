"""Models whose answers are known: a decoder that is a matrix."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainer.data.distributions import Gaussian
from trainer.inference.snapshot import Snapshot
from trainer.models.directions import Directions
from trainer.recipe.catalogue import CATALOGUE

SIDE = 28
PIXELS = SIDE * SIDE


class Linear(nn.Module):
    """Codes are the first pixels; pictures are grey + z W + n B."""

    def __init__(self, w: Tensor, b: Tensor) -> None:
        super().__init__()
        self.w, self.b = w, b
        self.noise, self.eps = Gaussian(len(b)), Gaussian(0)

    def encode(self, x: Tensor, eps: Tensor) -> Tensor:
        return x.flatten(1)[:, : len(self.w)]

    def decode(self, z: Tensor, noise: Tensor) -> Tensor:
        flat = 0.5 + z @ self.w + noise @ self.b
        return flat.reshape(-1, 1, SIDE, SIDE)


def linear(w: Tensor, b: Tensor, metric: Tensor | None = None) -> Snapshot:
    """A snapshot of such a model; codes are measured along the rows of `metric`."""
    recipe = CATALOGUE["drawn-10"].but(code=len(w), noise=len(b))
    size = len(w)
    known = None
    if metric is not None:
        mean = torch.full((1, SIDE, SIDE), 0.5)
        nothing = torch.zeros(0, len(b)), torch.zeros(0)
        known = Directions(torch.zeros(size), torch.ones(size), metric, *nothing, mean)
    return Snapshot(recipe, 1, Linear(w, b), known, torch.device("cpu"))


def matrix(singular: list[float], rows: int, seed: int) -> tuple[Tensor, Tensor]:
    """A matrix [rows, PIXELS] with these singular values, and its left singular vectors."""
    rng = torch.Generator().manual_seed(seed)
    left = torch.linalg.qr(torch.randn(rows, len(singular), generator=rng))[0]
    right = torch.linalg.qr(torch.randn(PIXELS, len(singular), generator=rng))[0]
    return left @ torch.diag(torch.tensor(singular)) @ right.T, left.T
