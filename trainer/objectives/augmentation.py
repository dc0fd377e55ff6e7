"""Small random changes of a picture that leave what it shows as it is."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from trainer.devices.abilities import does_all

TURN = math.radians(15)
SCALE = 0.15
SHEAR = 0.15  # px sideways per px of height
SHIFT = 2 / 28  # of the side
GAIN, OFFSET = 0.5, 0.2  # of a colour channel


def second_view(
    images: Tensor, strength: float, other_colours: float, rng: torch.Generator
) -> Tensor:
    """The same pictures seen again: `augment`, then `recolour`."""
    return recolour(augment(images, strength, rng), other_colours, rng)


def augment(images: Tensor, strength: float, rng: torch.Generator) -> Tensor:
    """Images [N, C, H, W] in [0, 1], each turned, scaled, sheared and shifted at random.

    At strength 1 by up to 15 degrees, 15 %, 0.15 and 2 px of 28, all evenly drawn from `rng` and
    proportional to the strength; at 0 the images come back untouched. Bilinear, and what comes in
    from outside repeats the border. The answer is on the images' device and has their type.
    """
    if strength == 0:
        return images
    random = torch.rand(len(images), 6, generator=rng, device=rng.device) * 2 - 1
    maps = _affine(random.to(images) * strength, images.shape[3] / images.shape[2])
    grid = functional.affine_grid(maps, list(images.shape), align_corners=False)
    return _sampled(images, grid, whole=does_all(images.device))


def recolour(images: Tensor, strength: float, rng: torch.Generator) -> Tensor:
    """Images [N, C, H, W] in [0, 1] in other colours, evenly drawn from `rng`.

    At strength 1 each channel is 1 +- 0.5 times as steep around the middle and moved by up to 0.2,
    and every second picture a negative: ink may be lighter than paper. Less strength, less of it;
    at 0 the images come back untouched.
    """
    if strength == 0:
        return images
    shape = (len(images), 1 + 2 * images.shape[1], 1, 1)
    random = torch.rand(shape, generator=rng, device=rng.device) * 2 - 1
    random = random.to(images)
    steep, moved = random[:, 1:].chunk(2, 1)
    sign = torch.where(random[:, :1] < min(strength, 1.0) - 1, -1.0, 1.0).to(images)
    gain = sign * (1 + GAIN * strength * steep)
    offset = OFFSET * strength * moved
    return ((images - 0.5) * gain + 0.5 + offset).clamp(0, 1)


def _sampled(images: Tensor, grid: Tensor, whole: bool) -> Tensor:
    """The images at places [N, H, W, 2]. On a device that is not `whole` no place is outside."""
    if not whole:  # the middles of the outermost pixels
        across, along = (1 - 1 / side for side in (images.shape[3], images.shape[2]))
        parts = grid[..., 0].clamp(-across, across), grid[..., 1].clamp(-along, along)
        grid = torch.stack(parts, 3)
    beyond = "border" if whole else "zeros"
    return functional.grid_sample(
        images, grid, mode="bilinear", padding_mode=beyond, align_corners=False
    )


def _affine(random: Tensor, aspect: float) -> Tensor:
    """Numbers [N, 6] from -1 to 1 -> maps of output to input places, [N, 2, 3].

    turn . shear . (1 / scale) . (place - shift), so that the shift is that of the picture,
    whatever else happens to it. Places run from -1 to 1 along each side, so turning and shearing
    need the aspect, width over height, lest a wide picture is squeezed.
    """
    turn, wide, high, shear, right, down = random.unbind(1)
    cos, sin, slant = (turn * TURN).cos(), (turn * TURN).sin(), shear * SHEAR
    wide, high = 1 + wide * SCALE, 1 + high * SCALE
    across = torch.stack([cos / wide, (cos * slant - sin) / high / aspect], 1)
    along = torch.stack([sin / wide * aspect, (sin * slant + cos) / high], 1)
    linear = torch.stack([across, along], 1)
    shift = torch.stack([right, down], 1)[:, :, None] * 2 * SHIFT
    return torch.cat([linear, -linear @ shift], 2)
