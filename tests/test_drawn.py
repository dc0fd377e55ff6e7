"""The drawn digits: repeatable, laid out as MNIST's are, and true to the style they name."""

import pytest
import torch
from torch import Tensor

from trainer.data.drawing import digits as drawn
from trainer.data.drawing.digits import (
    CLASSES,
    SIDE,
    STYLES,
    WOBBLE_NUMBERS,
    draw_digits,
    render_digits,
)

PLAIN = {
    "slant": 0.0,
    "thickness": 2.2,
    "size": 1.0,
    "aspect": 1.0,
    "wobble": 0.0,
    "variant": 0.0,
}


@pytest.fixture(scope="module")
def digits() -> drawn.DrawnDigits:
    return draw_digits(500, seed=7)


def render_plain(**changed: float) -> Tensor:
    """One image of every class, 0..1 [10, 28, 28], in the plain style but for what is changed."""
    factors = {name: torch.full((CLASSES,), value) for name, value in (PLAIN | changed).items()}
    noise = torch.full((CLASSES, WOBBLE_NUMBERS), 0.3)
    return render_digits(torch.arange(CLASSES), factors, noise)[..., 0] / 255


def moments(images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The ink's mean column, mean row and shear (column over row, y downwards), each [N]."""
    weight = images / images.sum((1, 2), keepdim=True)
    y, x = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    mean_x, mean_y = (weight * x).sum((1, 2)), (weight * y).sum((1, 2))
    dx, dy = x - mean_x[:, None, None], y - mean_y[:, None, None]
    return mean_x, mean_y, (weight * dx * dy).sum((1, 2)) / (weight * dy * dy).sum((1, 2))


def ink_extent(images: Tensor) -> Tensor:
    """Columns and rows that the ink spans, the longer of the two, [N]."""
    inked = images > 0.5
    spans = []
    for axis in (1, 2):
        line = inked.any(axis)
        first, last = line.int().argmax(1), SIDE - 1 - line.flip(1).int().argmax(1)
        spans.append(last - first + 1)
    return torch.maximum(*spans)


def test_shapes_ranges_and_every_class(digits: drawn.DrawnDigits) -> None:
    assert digits.images.shape == (500, 28, 28, 1)
    assert digits.images.dtype == torch.uint8
    assert digits.labels.dtype == torch.int64
    assert sorted(digits.labels.unique().tolist()) == list(range(10))
    assert digits.factors.keys() == STYLES.keys()
    for name, (low, high) in STYLES.items():
        values = digits.factors[name]
        assert values.dtype == torch.float32
        assert low <= values.min() < values.max() <= high


def test_a_seed_names_the_digits(digits: drawn.DrawnDigits) -> None:
    again = draw_digits(500, seed=7)
    assert torch.equal(again.images, digits.images)
    assert torch.equal(again.labels, digits.labels)
    other = draw_digits(500, seed=8)
    assert not torch.equal(other.labels, digits.labels)
    assert not torch.equal(other.images, digits.images)


@pytest.mark.parametrize("count", [0, 1, 17, 333])
def test_a_shorter_set_begins_a_longer_one(digits: drawn.DrawnDigits, count: int) -> None:
    shorter = draw_digits(count, seed=7)
    assert torch.equal(shorter.images, digits.images[:count])
    assert torch.equal(shorter.labels, digits.labels[:count])
    for name, values in shorter.factors.items():
        assert torch.equal(values, digits.factors[name][:count])


@pytest.mark.parametrize("chunk", [1, 7, 100])
def test_the_chunk_size_does_not_show(
    digits: drawn.DrawnDigits, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawn, "CHUNK", chunk)
    assert torch.equal(draw_digits(100, seed=7).images, digits.images[:100])


def test_ink_is_centred_and_fits_the_box(digits: drawn.DrawnDigits) -> None:
    images = digits.images[..., 0] / 255
    mean_x, mean_y, _ = moments(images)
    middle = (SIDE - 1) / 2
    assert (mean_x - middle).abs().max() < 1
    assert (mean_y - middle).abs().max() < 1
    assert ink_extent(images).max() <= 21  # a 20 px box that lies across pixel borders
    assert images[:, [0, -1]].max() < 0.5  # the border may be touched, not crossed
    assert images[:, :, [0, -1]].max() < 0.5
    assert (images.amax((1, 2)) > 0.9).all()


def test_size_is_the_share_of_the_box() -> None:
    for size in (0.8, 1.0):
        assert (ink_extent(render_plain(size=size)) - 20 * size).abs().max() <= 1


def test_a_thicker_pen_leaves_more_ink() -> None:
    ink = torch.stack([render_plain(thickness=t).sum((1, 2)) for t in (1.5, 2.0, 2.5, 3.0)])
    assert (ink.diff(dim=0) > 0).all()


@pytest.mark.parametrize("variant", [0.1, 0.5, 0.9])
def test_slant_leans_right_by_its_angle(variant: float) -> None:
    _, _, upright = moments(render_plain(variant=variant))
    for slant in (-0.2, 0.2, 0.4):
        _, _, leaning = moments(render_plain(variant=variant, slant=slant))
        # Leaning right is going left on the way down; the round pen does not shear, so nearly.
        expected = -torch.tan(torch.tensor(slant))
        assert (leaning - upright - expected).abs().max() < 0.1


def test_aspect_widens() -> None:
    narrow, wide = ((render_plain(aspect=a) > 0.5).any(1).sum(1) for a in (0.85, 1.2))
    assert (wide[[0, 2, 3, 4, 5, 6, 8, 9]] > narrow[[0, 2, 3, 4, 5, 6, 8, 9]]).all()


def test_wobble_and_variant_change_the_digit() -> None:
    plain = render_plain()
    for changed in (render_plain(wobble=1.4), render_plain(variant=0.5), render_plain(variant=1.0)):
        assert ((changed - plain).abs().sum((1, 2)) > 5).all()


def test_classes_differ(digits: drawn.DrawnDigits) -> None:
    images, labels = digits.images.flatten(1) / 255, digits.labels
    known, asked = slice(0, 400), slice(400, 500)
    nearest = torch.cdist(images[asked], images[known]).argmin(1)
    assert (labels[known][nearest] == labels[asked]).float().mean() > 0.8
