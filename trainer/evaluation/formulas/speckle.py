"""How much pictures vary from pixel to pixel where drawn images are flat."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from trainer.evaluation.measurable import CannotMeasureError, at_least

FLAT = 4 / 255  # a place of a true image is flat where its neighbours differ by less
UNSEEN = 2 / 255  # what the eye does not see: it is added above and below the fraction line
WINDOW = 3  # px a side, of a place
FEWEST = 0.01  # flat places, as a share of all
CHUNK = 1 << 21  # numbers looked at at once


def speckle(made: Tensor, true: Tensor) -> float:
    """Energy of what varies in every direction in flat places, over that of true images.

    Images [N, C, H, W] and [M, C, H, W] in [0, 1]. At a place p, a window of 3 x 3 px,

        v(p) = smaller eigenvalue of  T(p) = mean of g g',   g = (differences to the right, down)

    with the mean over the window and the channels. T is the structure tensor (Förstner and Gülch
    1987; of colour: Di Zenzo 1986), v the mean squared difference of neighbours along the direction
    in which they differ least (as in Shi and Tomasi 1994). It is 0 on a fill, along an upright or
    level line or edge and on an even gradient, however strong; 1.6 s^2 on noise of deviation s.

    Pictures that noise varies have no true image pixel by pixel, so places are compared by rank:
    let b be the share of places of the true images that are blank (all white, or all black: nothing
    is drawn there), and f that where v <= (4 / 255)^2. E(images) is the mean of v over all places
    of all images, in the order of v, from the share b to the share f; and

        speckle = (E(made) + u^2) / (E(true) + u^2),   u = 2 / 255, which the eye does not see.

    1: as smooth as true images. Noise of standard deviation 1, 2.5 and 8 of 255 levels, added to
    drawn shoes or faces, gives about 1.3, 3 and 15 to 20. Blurred edges gain nothing, for edges do
    not count: drawn images blurred by 3 px are at 1.0, at 32 px, where flat places are narrow, at
    1.3 at the most. A pattern counts, unless it is one of straight stripes; clouds wider than 4 px
    or so count little. Raises CannotMeasureError where true images have hardly any flat places.
    """
    at_least(1, min(len(made), len(true)), "test images")
    known, blank = variation(true), _blank(true)
    flat = (known <= FLAT**2).double().mean().item()
    if flat - blank < FEWEST:
        raise CannotMeasureError("the test images have hardly any flat places")
    top, bottom = _between(variation(made), blank, flat), _between(known, blank, flat)
    return (top + UNSEEN**2) / (bottom + UNSEEN**2)


def variation(images: Tensor) -> Tensor:
    """v of every place of images [N, C, H, W] in [0, 1]: float64 [N, H - 2, W - 2]."""
    size = max(1, CHUNK // max(1, images[:1].numel()))
    return torch.cat([_variation(part.double()) for part in images.split(size)])


def _variation(images: Tensor) -> Tensor:
    across, down = images.diff(dim=3), images.diff(dim=2)
    # A cell has four corners, and at each of them a pair of differences meets.
    left, right = down[..., :-1], down[..., 1:]
    upper, lower = across[..., :-1, :], across[..., 1:, :]
    xx = _mean((upper.square() + lower.square()) / 2)
    yy = _mean((left.square() + right.square()) / 2)
    xy = _mean((upper + lower) * (left + right) / 4)
    half = (xx - yy) / 2
    return ((xx + yy) / 2 - torch.hypot(half, xy)).clamp_min(0)


def _mean(cells: Tensor) -> Tensor:
    """Over the channels, and the cells of each window: [N, H - 2, W - 2]."""
    return functional.avg_pool2d(cells.mean(1, keepdim=True), WINDOW - 1, 1)[:, 0]


def _blank(images: Tensor) -> float:
    """The share of places that are all white, or all black."""
    blank = (images == 1).all(1, keepdim=True) | (images == 0).all(1, keepdim=True)
    return -functional.max_pool2d(-blank.float(), WINDOW, 1).double().mean().item()


def _between(values: Tensor, low: float, high: float) -> float:
    """The mean of the values from one rank to another, both shares."""
    ranked = values.flatten().sort().values
    first = min(int(low * len(ranked)), len(ranked) - 1)
    last = max(first + 1, round(high * len(ranked)))
    return ranked[first:last].mean().item()
