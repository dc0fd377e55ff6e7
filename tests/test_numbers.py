"""Drawn house numbers: the same for a seed, legible, and as their factors say."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from trainer.data.drawing.numbers import STYLES, DrawnNumbers, draw_numbers

LUMA = torch.tensor([0.299, 0.587, 0.114])


@pytest.fixture(scope="module")
def drawn() -> DrawnNumbers:
    return draw_numbers(600, seed=3)


def grey(images: Tensor) -> Tensor:
    """Brightness 0..1: float32 [N, H, W]."""
    return (images.float() / 255 * LUMA).sum(-1)


def test_shapes_types_and_ranges(drawn: DrawnNumbers) -> None:
    assert drawn.images.shape == (600, 32, 32, 3) and drawn.images.dtype == torch.uint8
    assert drawn.labels.dtype == torch.int64 and (drawn.labels.bincount(minlength=10) > 30).all()
    assert set(drawn.factors) == {*STYLES, "left", "right", "ink"}
    for name, values in drawn.factors.items():
        assert values.shape == (600,) and values.dtype == torch.float32, name
    for name in set(STYLES) - {"contrast"}:
        low, high = STYLES[name]
        assert low <= drawn.factors[name].min() and drawn.factors[name].max() <= high, name


def test_a_seed_names_the_same_numbers_whatever_the_count() -> None:
    # More than one chunk, and chunks cut at other places.
    longer, shorter, other = draw_numbers(300, 5), draw_numbers(270, 5), draw_numbers(270, 6)
    assert torch.equal(longer.images[:270], shorter.images)
    assert torch.equal(longer.labels[:270], shorter.labels)
    for name, values in shorter.factors.items():
        assert torch.equal(longer.factors[name][:270], values), name
    assert not torch.equal(other.images, shorter.images)
    assert len(draw_numbers(0, 5).images) == 0


@pytest.mark.parametrize("size", [24, 48, 64])
def test_another_size_shows_the_same_numbers(size: int) -> None:
    """All but noise, and a blur that goes with the size."""
    small, large = draw_numbers(40, 5), draw_numbers(40, 5, size)
    assert large.images.shape == (40, size, size, 3) and torch.equal(small.labels, large.labels)
    a, b = (
        torch.nn.functional.interpolate(grey(drawn.images)[:, None], 12, mode="area")
        for drawn in (small, large)
    )
    assert (a - b).abs().mean() < 0.03


def test_ink_can_be_told_from_paper(drawn: DrawnNumbers) -> None:
    """Contrast, both ways about equally often, and in the pixels as the factors say."""
    contrast = drawn.factors["ink"] - drawn.factors["paper"]
    assert contrast.abs().min() > 0.29 and 0.4 < (contrast > 0).float().mean() < 0.6
    assert drawn.factors["ink"].min() > 0.05 and drawn.factors["ink"].max() < 0.95
    alone = (drawn.factors["left"] == 0) & (drawn.factors["right"] == 0)
    pictures = grey(drawn.images[alone])
    paper = pictures[:, :, [0, 1, -2, -1]].flatten(1).median(1).values
    assert (paper - drawn.factors["paper"][alone]).abs().max() < 0.1
    # Somewhere in the middle there is ink, most of the contrast away from the paper.
    middle = (pictures - paper[:, None, None])[:, 8:24, 8:24].flatten(1)
    reached = (middle * contrast[alone, None].sign()).amax(1) / contrast[alone].abs()
    assert alone.sum() > 30 and reached.min() > 0.5 and reached.median() > 0.8


def test_neighbours_are_where_the_factors_say(drawn: DrawnNumbers) -> None:
    left, right = drawn.factors["left"], drawn.factors["right"]
    for factor in (left, right):
        assert factor.min() == 0 and factor.max() == 10 and torch.equal(factor, factor.round())
        assert 0.2 < (factor == 0).float().mean() < 0.5
    distance = (grey(drawn.images) - drawn.factors["paper"][:, None, None]).abs()
    strength = drawn.factors["contrast"].abs()[:, None, None]
    inked = (distance / strength > 0.5).float()
    columns = {"left": inked[:, :, :5].mean((1, 2)), "right": inked[:, :, -5:].mean((1, 2))}
    for name, factor in (("left", left), ("right", right)):
        there, blank = columns[name][factor > 0], columns[name][factor == 0]
        assert there.mean() > 0.15 and blank.mean() < 0.03


def test_the_middle_digit_fills_most_of_the_height(drawn: DrawnNumbers) -> None:
    alone = (drawn.factors["left"] == 0) & (drawn.factors["right"] == 0)
    distance = (grey(drawn.images) - drawn.factors["paper"][:, None, None]).abs()
    inked = distance / drawn.factors["contrast"].abs()[:, None, None] > 0.5
    heights = inked[alone].any(2).sum(1) / 32
    assert heights.min() > 0.55 and heights.max() <= 1
    assert (heights - drawn.factors["height"][alone]).abs().mean() < 0.1


def test_the_digit_in_the_middle_is_the_label() -> None:
    """The nearest of many known numbers, in shape alone, mostly has the same label."""
    known, asked = draw_numbers(3000, 1), draw_numbers(200, 2)

    def shapes(drawn: DrawnNumbers) -> Tensor:
        ink = (grey(drawn.images) - drawn.factors["paper"][:, None, None]) / drawn.factors[
            "contrast"
        ][:, None, None]
        return ink[:, 2:30, 8:24].flatten(1).clamp(0, 1)

    nearest = torch.cdist(shapes(asked), shapes(known)).argmin(1)
    assert (known.labels[nearest] == asked.labels).float().mean() > 0.6
