"""Colours of equal lightness."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def oklch(level: Tensor, chroma: Tensor, hue: Tensor) -> Tensor:
    """sRGB colours [N, 3] in 0..1 from OKLCH, in which all hues of a level look equally light."""
    a, b = chroma * torch.cos(hue * math.tau), chroma * torch.sin(hue * math.tau)
    long = (level + 0.39634 * a + 0.21580 * b) ** 3
    medium = (level - 0.10556 * a - 0.06385 * b) ** 3
    short = (level - 0.08948 * a - 1.29149 * b) ** 3
    red = 4.07674 * long - 3.30771 * medium + 0.23097 * short
    green = -1.26844 * long + 2.60976 * medium - 0.34132 * short
    blue = -0.00420 * long - 0.70342 * medium + 1.70761 * short
    return torch.stack([red, green, blue], -1).clamp(0, 1) ** (1 / 2.2)
