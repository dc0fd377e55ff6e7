"""Points, features and edges, on cases whose distance is known in closed form."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from trainer.evaluation.formulas.edge_agreement import chance_f1, edge_f1
from trainer.evaluation.formulas.sample_quality import frechet_distance, kernel_distance
from trainer.evaluation.formulas.two_samples import (
    sampling_floor,
    sliced_wasserstein,
    two_sample_accuracy,
)


def normal(count: int, size: int, seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(count, size, generator=torch.Generator().manual_seed(seed), dtype=dtype)


# ---- points ----


def test_samples_of_one_distribution_cannot_be_told_apart() -> None:
    a, b = normal(4000, 2, 0), normal(4000, 2, 1)
    assert two_sample_accuracy(a, b, 0) == pytest.approx(0.5, abs=0.03)
    assert two_sample_accuracy(a, a.clone(), 0) == pytest.approx(0.5, abs=0.03)
    four = torch.eye(4).repeat(500, 1)  # a data set of four points, many times each
    assert two_sample_accuracy(four, four.roll(2, 0), 0) == pytest.approx(0.5, abs=0.03)


def test_samples_far_apart_are_told_apart() -> None:
    a, b = normal(500, 2, 0), normal(500, 2, 1) + 20
    assert two_sample_accuracy(a, b, 0) == 1


def test_overlapping_gaussians_are_told_apart_as_far_as_they_can_be() -> None:
    a, b = normal(6000, 1, 0), normal(6000, 1, 1) + 2
    best = 0.5 * (1 + math.erf(1 / math.sqrt(2)))  # Phi(1): the border half way
    assert two_sample_accuracy(a, b, 0, k=51) == pytest.approx(best, abs=0.02)


def test_two_sets_of_different_size_are_refused() -> None:
    for measure in (sliced_wasserstein, lambda a, b: two_sample_accuracy(a, b, 0)):
        with pytest.raises(ValueError, match="of one shape"):
            measure(normal(30, 2, 0), normal(31, 2, 0))
    with pytest.raises(ValueError, match="15 neighbours"):
        two_sample_accuracy(normal(8, 2, 0), normal(8, 2, 1), 0)


def test_the_sliced_distance_of_a_shift_and_of_a_stretch() -> None:
    a = normal(3000, 2, 0)
    assert sliced_wasserstein(a, a[torch.randperm(3000)]) == pytest.approx(0, abs=1e-12)
    shift = torch.tensor([3.0, 4.0])
    assert sliced_wasserstein(a, a + shift, 1024) == pytest.approx(5 * 2 / math.pi, rel=0.03)
    assert sliced_wasserstein(a[:, :1], a[:, :1] + 3) == pytest.approx(3, rel=1e-5)
    # W1 of N(0, 1) and N(0, 9) is 2 E|x|, the same along every direction.
    wide = 2 * math.sqrt(2 / math.pi)
    assert sliced_wasserstein(a, 3 * normal(3000, 2, 1)) == pytest.approx(wide, rel=0.05)


def test_the_floor_is_the_distance_of_equal_samples_and_falls_with_their_number() -> None:
    def sample(count: int, rng: torch.Generator) -> Tensor:
        return torch.randn(count, 2, generator=rng)

    small, large = sampling_floor(sample, 400), sampling_floor(sample, 6400)
    assert small / large == pytest.approx(4, rel=0.3)  # 1 / sqrt(count)
    assert sampling_floor(sample, 400) == small
    assert sliced_wasserstein(normal(400, 2, 5), normal(400, 2, 6)) == pytest.approx(small, rel=0.7)
    assert sampling_floor(lambda count, rng: torch.zeros(count, 2), 100) == 0


# ---- features ----


def test_the_frechet_distance_of_gaussians_in_closed_form() -> None:
    a, b = normal(40_000, 3, 0), normal(40_000, 3, 1)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(a, b) < 0.001
    shift, scale = torch.tensor([1.0, 2.0, 2.0]), torch.tensor([1.0, 2.0, 3.0])
    assert frechet_distance(a, a + shift) == pytest.approx(9, rel=1e-4)
    # Covariances that commute: sum of (standard deviation - standard deviation)^2.
    assert frechet_distance(a, b * scale) == pytest.approx(0 + 1 + 4, rel=0.03)


def test_the_frechet_distance_of_covariances_that_do_not_commute() -> None:
    a = normal(50_000, 2, 0)
    turn = torch.tensor([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
    long = a * torch.tensor([3.0, 1.0])
    # tr (A^1/2 B A^1/2)^1/2 = sqrt(tr AB + 2 sqrt(det AB)) in two dimensions.
    first = torch.diag(torch.tensor([9.0, 1.0]))
    second = turn @ first @ turn.T
    cross = math.sqrt(float((first @ second).trace()) + 2 * 9)
    expected = 20 - 2 * cross
    other = (normal(50_000, 2, 1) * torch.tensor([3.0, 1.0])) @ turn.T
    assert frechet_distance(long, other) == pytest.approx(expected, rel=0.05)


def test_the_frechet_distance_with_fewer_images_than_features() -> None:
    a = normal(20, 64, 0)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(a, a + 0.5) == pytest.approx(64 * 0.25, rel=1e-4)
    constant = torch.zeros(20, 64)
    assert frechet_distance(constant, constant) == 0
    assert frechet_distance(a[:, :1], a[:, :1] + 2) == pytest.approx(4, rel=1e-5)


def test_the_kernel_distance_has_no_bias() -> None:
    pairs = [(normal(200, 8, 2 * s), normal(200, 8, 2 * s + 1)) for s in range(30)]
    told = [kernel_distance(a, b, subsets=5, size=100) for a, b in pairs]
    mean, deviation = sum(told) / 30, torch.tensor(told).std().item()
    assert abs(mean) < 3 * deviation / math.sqrt(30)
    assert min(told) < 0 < max(told)


def test_the_kernel_distance_of_a_shift_in_closed_form() -> None:
    # One dimension, x in {-1, 1}, y in {0, 2}: E k(x, x') = (2^3 + 0) / 2 = 4,
    # E k(y, y') = (1 + 1 + 1 + 5^3) / 4 = 32, E k(x, y) = (1 + 1 + 3^3 + (-1)^3) / 4 = 7.
    x = torch.tensor([-1.0, 1.0]).repeat(1000).view(-1, 1)
    told = kernel_distance(x, x + 1, subsets=2, size=2000)
    assert told == pytest.approx(4 + 32 - 2 * 7, rel=0.01)
    assert kernel_distance(x, x + 1, 3, 400, 1) == kernel_distance(x, x + 1, 3, 400, 1)
    with pytest.raises(ValueError, match="at least 2 are"):
        kernel_distance(x[:1], x)


# ---- edges ----


def lines(*columns: int, side: int = 24) -> Tensor:
    """One image [1, 1, side, side], white, with a black line in each of the columns."""
    image = torch.ones(1, 1, side, side)
    image[..., list(columns)] = 0
    return image


def test_lines_one_pixel_off_are_right_and_three_off_are_wrong() -> None:
    a = lines(8, 16)
    assert edge_f1(a, a) == 1
    assert edge_f1(a, lines(9, 15)) == 1
    assert edge_f1(a, lines(9, 17), tolerance=0) == 0
    assert edge_f1(a, a.roll(3, 3)) == 0
    assert edge_f1(a, a.roll(3, 3), tolerance=3) == 1


def test_precision_and_recall_make_f1() -> None:
    # Both lines of b are in a, half of a is in b: precision 1/2, recall 1.
    assert edge_f1(lines(3, 8, 13, 18), lines(3, 13)) == pytest.approx(2 / 3)
    assert edge_f1(lines(3, 13), lines(3, 8, 13, 18)) == pytest.approx(2 / 3)
    both = edge_f1(torch.cat([lines(5), lines(5)]), torch.cat([lines(5), lines(12)]))
    assert both == pytest.approx(0.5)  # the mean over images


def test_images_without_edges() -> None:
    blank = torch.ones(1, 1, 24, 24)
    assert edge_f1(blank, blank) == 1
    assert edge_f1(blank, lines(5)) == edge_f1(lines(5), blank) == 0


def test_colour_is_read_as_grey() -> None:
    grey, red = lines(5).repeat(1, 3, 1, 1), lines(5).repeat(1, 3, 1, 1)
    red[:, 0] = 1  # the line is (1, 0, 0): a third bright, still dark
    assert edge_f1(grey, lines(5)) == edge_f1(red, lines(5)) == 1
    red[:, 1] = 1  # (1, 1, 0): two thirds bright, no edge
    assert edge_f1(red, lines(5)) == 0


def test_chance_compares_with_the_next_image() -> None:
    a = torch.cat([lines(2), lines(10), lines(18)])
    assert edge_f1(a, a) == 1 and chance_f1(a, a) == 0
    same = lines(7).repeat(3, 1, 1, 1)
    assert chance_f1(same, same) == 1  # images all alike: agreement says nothing
    with pytest.raises(ValueError, match="at least 2 are"):
        chance_f1(lines(2), lines(2))
    with pytest.raises(ValueError, match="two sizes"):
        edge_f1(lines(2), lines(2, side=26))
