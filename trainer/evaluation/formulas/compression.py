"""What a linear code of the same size would keep: the yardstick of a deterministic autoencoder."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA
from torch import Tensor

from trainer.evaluation.formulas.arrays import flat, some
from trainer.evaluation.measurable import at_least

FIT_IMAGES = 10_000
CHUNK = 1000  # images reconstructed at once


def pca_mse(train: Tensor, test: Tensor, components: int) -> float:
    """Mean squared error per pixel of test images from their first principal components.

    Images [N, C, H, W], uint8 or float in [0, 1]; components and mean are fitted on at most
    10,000 of the training images. The reconstruction is linear, not clipped to [0, 1].
    Raises CannotMeasureError where there are fewer of them than components, or no test image.
    """
    at_least(components, len(train), "training images")
    at_least(1, len(test), "test images")
    fit = flat(train[some(len(train), FIT_IMAGES, 0)])
    with np.errstate(invalid="ignore"):  # images that are all alike have no share of a variance
        pca = PCA(components, svd_solver="auto", random_state=0).fit(fit)
    total = 0.0
    for start in range(0, len(test), CHUNK):
        rows = flat(test[start : start + CHUNK])
        back = pca.inverse_transform(pca.transform(rows))
        total += float(np.square(back - rows, dtype=np.float64).sum())
    return total / test.numel()


def mean_image_mse(train: Tensor, test: Tensor) -> float:
    """Mean squared error per pixel of showing the mean training image: a code of size 0."""
    at_least(1, len(train), "training images")
    at_least(1, len(test), "test images")
    mean = flat(train[some(len(train), FIT_IMAGES, 0)]).mean(0, dtype=np.float64)
    total = sum(
        float(np.square(flat(test[start : start + CHUNK]) - mean).sum())
        for start in range(0, len(test), CHUNK)
    )
    return total / test.numel()
