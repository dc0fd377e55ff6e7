"""Line drawings made of photos: thin dark edges on white, the second domain of a translation."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

CHUNK = 1 << 17  # pixels worked on at once: what fits into a processor's cache goes fastest
BLUR = 0.6  # px, deviation of the Gaussian for images up to 48 px; grows with the square root
FLOOR = 8.0  # grey levels a pixel: fainter slopes are noise or JPEG blocks, never a line
SHARE = 0.2  # of the image's steep slopes (their 98th percentile): fainter ones are no line
STEEP = 0.98


def find_edges(images: Tensor) -> Tensor:
    """Edges of uint8 [N, C, H, W], C of 1 or 3, as the same shape: 0 on a line, 255 elsewhere.

    A slight Gaussian blur; the length of the Sobel gradient in grey levels a pixel, of the colour
    channel where it is longest (yellow on white has hardly an edge in grey); kept where it is a
    ridge, not less than both neighbours along the gradient, so that lines are one
    or two pixels wide; kept where at least FLOOR and at least SHARE of the image's steep slopes;
    kept where another such pixel touches it. Meant for sides from 24 to 256 px. Each image's
    result depends on that image alone; the image's border is no edge.
    """
    count, _, height, width = images.shape
    edges = torch.empty_like(images)
    step = max(1, CHUNK // (height * width))
    for start in range(0, count, step):
        rows = slice(start, start + step)
        edges[rows] = _lines(images[rows]).mul(-255).add(255).to(torch.uint8)
    return edges


def _lines(images: Tensor) -> Tensor:
    """1 on a line, 0 elsewhere: float32 [N, 1, H, W]."""
    across, down = _steepest(*_sobel(_blurred(images.float())))
    length = torch.hypot(across, down)
    steep = length.flatten(1).quantile(STEEP, dim=1)[:, None, None, None]
    threshold = (SHARE * steep).clamp_min(FLOOR)
    found = ((length >= threshold) & _is_ridge(length, across, down)).float()
    around = 9 * functional.avg_pool2d(found, 3, stride=1, padding=1)
    return found * (around > 1.5).float()


def _blurred(values: Tensor) -> Tensor:
    deviation = BLUR * max(1.0, min(values.shape[-2:]) / 48) ** 0.5
    radius = max(1, round(2.5 * deviation))
    distance = torch.arange(-radius, radius + 1, device=values.device, dtype=torch.float32)
    kernel = torch.exp(-(distance**2) / (2 * deviation**2))
    kernel = kernel / kernel.sum()
    planes = values.flatten(0, 1)[:, None]  # every channel for itself
    padded = functional.pad(planes, (radius,) * 4, mode="replicate")
    smooth = functional.conv2d(
        functional.conv2d(padded, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1)
    )
    return smooth.view(values.shape)


def _sobel(values: Tensor) -> tuple[Tensor, Tensor]:
    """Levels a pixel, to the right and downwards, of every channel: [N, C, H, W] each."""
    # As differences of shifted images, which cost less than a convolution.
    wide = functional.pad(values, (1,) * 4, mode="replicate")
    rows = wide[..., :-2, :] + 2 * wide[..., 1:-1, :] + wide[..., 2:, :]
    columns = wide[..., :-2] + 2 * wide[..., 1:-1] + wide[..., 2:]
    across = (rows[..., 2:] - rows[..., :-2]) / 8
    down = (columns[..., 2:, :] - columns[..., :-2, :]) / 8
    return across, down


def _steepest(across: Tensor, down: Tensor) -> tuple[Tensor, Tensor]:
    """The gradient of the channel where it is longest: [N, 1, H, W] each."""
    if across.shape[1] == 1:
        return across, down
    channel = (across**2 + down**2).argmax(1, keepdim=True)
    return across.gather(1, channel), down.gather(1, channel)


def _is_ridge(length: Tensor, across: Tensor, down: Tensor) -> Tensor:
    """Where no neighbour along the gradient, at one pixel's distance, is longer."""
    height, width = length.shape[-2:]
    unit = torch.cat([across, down], 1) / length.clamp_min(1e-6)
    # Neighbours lie between pixels: interpolated, which four directions only would make ragged.
    ys = torch.arange(height, device=length.device)[:, None].expand(height, width)
    xs = torch.arange(width, device=length.device)[None].expand(height, width)
    size = torch.tensor([width, height], device=length.device)
    ridge = torch.ones_like(length, dtype=torch.bool)
    for side in (1, -1):
        place = torch.stack([xs, ys], -1) + side * unit.permute(0, 2, 3, 1)
        grid = (2 * place + 1) / size - 1
        beside = functional.grid_sample(length, grid, padding_mode="border", align_corners=False)
        # Equal slopes, of an edge between two pixels, both stay; rounding must not part them.
        ridge &= length >= beside - 1e-3
    return ridge
