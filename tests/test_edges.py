"""Line drawings of shapes whose boundary is known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from trainer.data import edge_detection as edges
from trainer.data.edge_detection import find_edges

SIZES = (24, 32, 64, 128, 256)


def distance_to(shape: str, size: int) -> Tensor:
    """How far each pixel's middle lies outside a disc or square in the image, px: [H, W]."""
    at = torch.arange(size) + 0.5
    x, y = at[None] - 0.53 * size, at[:, None] - 0.48 * size
    if shape == "disc":
        return torch.hypot(x, y) - 0.31 * size
    return torch.maximum(x.abs(), y.abs()) - 0.29 * size


def painted(distance: Tensor, inside: float, outside: float) -> Tensor:
    """An anti-aliased grey picture uint8 [1, 1, H, W]."""
    cover = (0.5 - distance).clamp(0, 1)
    return (outside + (inside - outside) * cover).round().to(torch.uint8)[None, None]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", ["disc", "square"])
@pytest.mark.parametrize(("inside", "outside"), [(30, 255), (240, 0), (120, 180)])
def test_lines_lie_on_the_boundary_and_nowhere_else(
    shape: str, size: int, inside: float, outside: float
) -> None:
    distance = distance_to(shape, size)
    found = find_edges(painted(distance, inside, outside))
    assert found.shape == (1, 1, size, size) and found.dtype == torch.uint8
    assert set(found.unique().tolist()) == {0, 255}
    line = found[0, 0] == 0
    blur = max(1.0, size / 48) ** 0.5  # rounds the corners of the square
    assert distance[line].abs().max() < 1 + 0.5 * blur
    # Every piece of the boundary has a line within two pixels.
    ys, xs = line.nonzero().unbind(1)
    on = (distance.abs() <= 0.5).nonzero().float()
    gap = torch.cdist(on, torch.stack([ys, xs], 1).float()).amin(1)
    assert gap.max() < 1 + blur
    # And the line is one to two pixels wide.
    around = (2 * math.pi * 0.31 if shape == "disc" else 8 * 0.29) * size
    assert 0.75 < int(line.sum()) / around < 2.1


def test_an_even_picture_has_no_lines() -> None:
    flat = torch.full((1, 3, 64, 64), 200, dtype=torch.uint8)
    slope = torch.linspace(0, 255, 64).round().to(torch.uint8).expand(1, 3, 64, 64)
    grain = flat + torch.randint(0, 9, flat.shape, generator=torch.Generator().manual_seed(1))
    for images in (flat, slope, grain.to(torch.uint8)):
        assert (find_edges(images) == 255).all()


def test_the_images_border_is_no_edge() -> None:
    """Stripes that run out of the picture: straight lines up to the border, none along it."""
    stripes = torch.zeros(1, 1, 32, 32, dtype=torch.uint8)
    stripes[..., 12:20] = 255
    line = find_edges(stripes)[0, 0] == 0
    assert line.any(1).all() and set(line.any(0).nonzero().flatten().tolist()) <= {11, 12, 19, 20}


def test_colours_of_one_brightness_are_told_apart() -> None:
    """Red beside a grey that a black and white photo would not tell from it; yellow on white."""
    distance = distance_to("disc", 64)
    for colour, ground in (((255, 0, 0), (76, 76, 76)), ((255, 235, 60), (255, 255, 255))):
        image = torch.cat(
            [painted(distance, a, b) for a, b in zip(colour, ground, strict=True)], dim=1
        )
        found = find_edges(image)
        assert (found == found[:, :1]).all(), "the lines are black in every channel"
        line = found[0, 0] == 0
        assert line.sum() > 100 and distance[line].abs().max() < 2


def test_grey_in_three_channels_is_as_grey_in_one() -> None:
    grey = painted(distance_to("square", 48), 20, 220)
    assert torch.equal(
        find_edges(grey.expand(-1, 3, -1, -1)), find_edges(grey).expand(-1, 3, -1, -1)
    )


def test_no_pixel_of_a_line_stands_alone() -> None:
    """In clouds of all contrasts, where many slopes come to a peak in one pixel."""
    noise = torch.randn(20, 1, 64, 64, generator=torch.Generator().manual_seed(4))
    clouds = torch.nn.functional.avg_pool2d(noise, 5, stride=1, padding=2) * 150 + 128
    line = (find_edges(clouds.clamp(0, 255).to(torch.uint8)) == 0).float()
    around = 9 * torch.nn.functional.avg_pool2d(line, 3, stride=1, padding=1)
    assert line.sum() > 1000 and around[line > 0].min() > 1.5


def test_thin_lines_are_found() -> None:
    image = torch.full((1, 1, 64, 64), 255, dtype=torch.uint8)
    image[..., 30:32, 8:56] = 0
    line = find_edges(image)[0, 0] == 0
    assert line[28:34, 10:54].any(0).all() and not line[:26].any() and not line[36:].any()
    assert not line[:, :4].any() and not line[:, 60:].any()


def test_an_images_lines_do_not_depend_on_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = torch.randint(0, 256, (7, 3, 32, 32), generator=torch.Generator().manual_seed(2))
    images = noise.to(torch.uint8)
    images[3] = painted(distance_to("disc", 32), 0, 255)[0]
    together = find_edges(images)
    monkeypatch.setattr(edges, "CHUNK", 2 * 32 * 32)
    assert torch.equal(find_edges(images), together)
    assert torch.equal(find_edges(images[3:4]), together[3:4])
    assert find_edges(images[:0]).shape == (0, 3, 32, 32)
