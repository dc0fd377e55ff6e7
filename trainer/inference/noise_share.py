"""How much of a picture the noise decides: the one formula of it. No torch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def noise_share(within: npt.ArrayLike, of_means: npt.ArrayLike, draws: int) -> Numbers:
    """W / (B + W) of a one-way analysis of variance with unbiased parts: 0 none, 1 all is noise.

    `within` is W, the unbiased variance over the `draws` of one input, the mean over inputs;
    `of_means` the unbiased variance over inputs of the means of their draws. B = of_means - W /
    draws: without the last term the noise left in the means of few draws would pass for content.
    For a single input `of_means` is the squared distance of its mean from the known mean of all.
    Of pictures both are sums, or means, over pixels. 0 where nothing varies; no number where a part
    is none.
    """
    noise = np.maximum(np.asarray(within, np.float64), 0.0)  # rounding can make a variance negative
    means = np.asarray(of_means, np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        content = np.maximum(means - noise / draws, 0.0)
        share: Numbers = np.divide(
            noise, noise + content, out=np.zeros_like(noise), where=noise != 0
        )
    return share
