"""The distance of two distributions of pictures, in features [N, D] of some network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from torch import Tensor

from trainer.evaluation.formulas.arrays import double
from trainer.evaluation.measurable import at_least

Matrix = NDArray[np.float64]


def frechet_distance(a_features: Tensor, b_features: Tensor) -> float:
    """Frechet distance of Gaussians fitted to features [N, D] and [M, D], 0 and up.

    |m_a - m_b|^2 + tr(A) + tr(B) - 2 tr((A^1/2 B A^1/2)^1/2), with means m and unbiased
    covariances A, B (Dowson and Landau 1982; as FID: Heusel et al. 2017). It is too large for
    small samples: compare only equal numbers, better well above D.
    """
    at_least(2, min(len(a_features), len(b_features)), "images of a kind")
    a, b = double(a_features), double(b_features)
    shift = np.square(a.mean(0) - b.mean(0)).sum()
    first, second = (np.atleast_2d(np.cov(rows, rowvar=False)) for rows in (a, b))
    # The product A B is not symmetric; A^1/2 B A^1/2 has its eigenvalues and is, so that eigh
    # holds where fewer images than features make both singular.
    root = _root(first)
    inner = root @ second @ root
    cross = np.sqrt(_eigenvalues(inner)).sum()
    return float(max(shift + np.trace(first) + np.trace(second) - 2 * cross, 0.0))


def _eigenvalues(matrix: Matrix) -> Matrix:
    """Of a symmetric matrix without negative ones, but for rounding, which is cut off."""
    values: Matrix = linalg.eigvalsh((matrix + matrix.T) / 2)
    return values.clip(0)


def _root(matrix: Matrix) -> Matrix:
    """The symmetric square root of a covariance matrix."""
    values, vectors = linalg.eigh(matrix)
    root: Matrix = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    return root


def kernel_distance(
    a: Tensor, b: Tensor, subsets: int = 50, size: int = 500, seed: int = 0
) -> float:
    """Unbiased squared maximum mean discrepancy of features [N, D] and [M, D], as KID.

    The mean over random subsets of `size` rows (fewer where a set is smaller), with the kernel
    k(x, y) = (<x, y> / D + 1)^3 (Binkowski et al. 2018). About 0, also below, for one distribution.
    """
    rng = np.random.default_rng(seed)
    first, second = double(a), double(b)
    size = min(size, len(first), len(second))
    at_least(2, size, "images of a kind")
    drawn = [
        (rng.choice(first, size, replace=False), rng.choice(second, size, replace=False))
        for _ in range(subsets)
    ]
    return float(np.mean([_discrepancy(x, y) for x, y in drawn]))


def _discrepancy(x: Matrix, y: Matrix) -> float:
    """MMD^2 of two sets of n rows; no row is compared with itself, which removes the bias."""
    n = len(x)
    within = [(k.sum() - np.trace(k)) / (n * (n - 1)) for k in (_kernel(x, x), _kernel(y, y))]
    return float(sum(within) - 2 * _kernel(x, y).mean())


def _kernel(x: Matrix, y: Matrix) -> Matrix:
    cubic: Matrix = (x @ y.T / x.shape[1] + 1) ** 3
    return cubic
