"""The one place that knows value ranges: uint8 [N, H, W, C] <-> float32 [N, C, H, W] in [0, 1]."""

from __future__ import annotations

import torch
from torch import Tensor

from trainer.messages import Pixels


def to_tensor(pixels: Pixels) -> Tensor:
    """uint8 [N, H, W, C] -> float32 [N, C, H, W] in [0, 1], on the CPU."""
    return torch.from_numpy(pixels.copy()).permute(0, 3, 1, 2).float() / 255


def to_pixels(images: Tensor) -> Pixels:
    """float32 [N, C, H, W] in [0, 1] -> uint8 [N, H, W, C]; what lies outside is clipped."""
    scaled = (images.clamp(0, 1) * 255).round().to(torch.uint8)
    pixels: Pixels = scaled.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return pixels
