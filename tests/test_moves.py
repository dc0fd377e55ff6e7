"""Ways through codes and noise, where the answer is known."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.exploring.moves import circle, composed, loop, slerp, straight


def draw(seed: int, size: int, scale: float = 1.0) -> torch.Tensor:
    return scale * torch.randn(size, generator=torch.Generator().manual_seed(seed))


def angles(way: torch.Tensor) -> torch.Tensor:
    unit = way.double() / way.double().norm(dim=1, keepdim=True)
    return (unit[1:] * unit[:-1]).sum(1).clamp(-1, 1).acos()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 500), st.integers(2, 100), st.floats(0.1, 3))
def test_between_draws_the_radius_is_kept_and_the_ends_are_met(seed, size, scale) -> None:
    one = draw(seed, size, scale)
    other = draw(seed + 1000, size)
    other = other * (one.norm() / other.norm())
    way = slerp(one, other, 9)
    assert torch.equal(way[0], one) and torch.equal(way[-1], other)
    torch.testing.assert_close(way.norm(dim=1), one.norm().expand(9), rtol=1e-5, atol=0)
    assert angles(way).std() < 1e-3, "in equal angles"


def test_where_lengths_differ_the_radius_goes_straight() -> None:
    way = slerp(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 3.0]), 5)
    torch.testing.assert_close(way.norm(dim=1), torch.tensor([1.0, 1.5, 2.0, 2.5, 3.0]))
    torch.testing.assert_close(way[2], torch.tensor([1.0, 1.0]) * 2**0.5)


@pytest.mark.parametrize("size", [2, 3, 60])
def test_opposite_draws_are_joined_by_a_half_circle(size: int) -> None:
    one = draw(3, size)
    way = slerp(one, -one, 9)
    assert torch.equal(way[0], one) and torch.equal(way[-1], -one)
    torch.testing.assert_close(way.norm(dim=1), one.norm().expand(9))
    torch.testing.assert_close(angles(way), torch.full((8,), torch.pi / 8, dtype=torch.float64))


def test_parallel_draws_none_at_all_and_a_single_number_go_straight() -> None:
    one = draw(4, 12)
    torch.testing.assert_close(slerp(one, one, 5), one.expand(5, -1))
    torch.testing.assert_close(slerp(one, 3 * one, 3)[1], 2 * one)
    assert torch.equal(slerp(one, torch.zeros(12), 3)[1], one / 2)
    nearly = one + 1e-9
    assert torch.isfinite(slerp(one, nearly, 5)).all()
    assert slerp(torch.tensor([2.0]), torch.tensor([-2.0]), 3).flatten().tolist() == [2, 0, -2]
    assert slerp(torch.zeros(0), torch.zeros(0), 3).shape == (3, 0)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 500), st.integers(2, 100), st.floats(0.1, 3))
def test_a_circle_goes_through_its_draw_closes_and_keeps_the_radius(seed, size, scale) -> None:
    one = draw(seed, size, scale)
    way = circle(one, draw(seed + 1, size), 48)
    assert torch.equal(way[0], one)
    torch.testing.assert_close(way.norm(dim=1), one.norm().expand(48), rtol=1e-5, atol=0)
    closed = torch.cat([way, way[:1]])
    torch.testing.assert_close(
        angles(closed), torch.full((48,), 2 * torch.pi / 48, dtype=torch.float64), atol=1e-3, rtol=0
    )
    torch.testing.assert_close(way[24], -one)


def test_a_circle_towards_what_is_parallel_is_one_too() -> None:
    one = draw(5, 6)
    torch.testing.assert_close(circle(one, 2 * one, 8).norm(dim=1), one.norm().expand(8))
    assert circle(torch.tensor([2.0]), torch.tensor([1.0]), 4)[2].item() == -2.0
    assert not circle(torch.zeros(4), one[:4], 8).any(), "of no noise there is no circle"


def test_a_loop_in_the_code_is_an_ellipse_through_it() -> None:
    start, first = torch.tensor([5.0, 5.0, 1.0]), torch.tensor([2.0, 0.0, 0.0])
    way = loop(start, first, torch.tensor([0.0, 1.0, 0.0]), 8)
    assert torch.equal(way[0], start)
    torch.testing.assert_close(way[4], start + 2 * first)
    x, y = (way[:, 0] - 7) / 2, way[:, 1] - 5
    torch.testing.assert_close(x**2 + y**2, torch.ones(8))
    assert (way[:, 2] == 1).all()


def test_straight_is_in_equal_steps_and_meets_its_ends() -> None:
    one, other = draw(7, 10), draw(8, 10)
    way = straight(one, other, 9)
    assert torch.equal(way[0], one) and torch.equal(way[-1], other)
    torch.testing.assert_close(way.diff(dim=0), ((other - one) / 8).expand(8, -1))


def test_sums_are_composed_one_after_the_other() -> None:
    a, b, c = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 3.0]), torch.tensor([10.0, 0.0])
    assert composed(a).tolist() == [[1, 2]]
    assert composed(a, b).tolist() == [[1, 2], [-2, -1]]
    assert composed(a, b, c).tolist() == [[1, 2], [-2, -1], [8, -1]]
