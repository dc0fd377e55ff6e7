"""Penalties of known answers: distributions and categories worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence
from torch.nn import functional

from trainer.objectives.penalties import (
    DIVERSITY_MARGIN,
    divergence,
    diversity_penalty,
    first_moment_penalty,
    guess_error,
    imbalance,
    inconsistency,
    l1_error,
    label_error,
    likelihood_error,
    reconstruction_error,
)


def test_the_divergence_of_the_prior_from_itself_is_zero() -> None:
    assert divergence(torch.zeros(5, 3), torch.zeros(5, 3)).item() == 0


def test_the_divergence_is_the_closed_form_summed_over_the_code() -> None:
    rng = torch.Generator().manual_seed(0)
    mean, log_std = torch.randn(2, 6, 4, generator=rng)
    wanted = kl_divergence(Normal(mean, log_std.exp()), Normal(0.0, 1.0)).sum(1).mean()
    torch.testing.assert_close(divergence(mean, log_std), wanted)
    # A mean of 2 costs 2 nats, a deviation of e costs (e^2 - 3) / 2.
    assert divergence(torch.full((1, 1), 2.0), torch.zeros(1, 1)).item() == pytest.approx(2)
    wide = divergence(torch.zeros(1, 1), torch.ones(1, 1)).item()
    assert wide == pytest.approx((math.e**2 - 3) / 2)


def test_the_likelihood_error_is_the_closed_form_summed_over_the_code() -> None:
    rng = torch.Generator().manual_seed(0)
    z, mean, log_std = torch.randn(3, 6, 4, generator=rng)
    wanted = -Normal(mean, log_std.exp()).log_prob(z).sum(1).mean()
    torch.testing.assert_close(likelihood_error(z, mean, log_std), wanted)
    at_the_mean = likelihood_error(torch.ones(3, 2), torch.ones(3, 2), torch.zeros(3, 2))
    assert at_the_mean.item() == pytest.approx(math.log(2 * math.pi))


def test_label_error_is_the_cross_entropy() -> None:
    sure, labels = torch.eye(3), torch.arange(3)
    assert label_error(sure, labels).item() == pytest.approx(0, abs=1e-5)
    assert label_error(torch.full((3, 3), 1 / 3), labels).item() == pytest.approx(math.log(3))
    logits = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    truth = torch.tensor([0, 1, 2, 1, 0])
    wanted = functional.cross_entropy(logits, truth)
    torch.testing.assert_close(label_error(logits.softmax(1), truth), wanted)


def test_a_label_thought_impossible_is_a_finite_error_that_can_be_learned_from() -> None:
    wrong = torch.eye(3).roll(1, 0).requires_grad_()
    error = label_error(wrong, torch.arange(3))
    error.backward()
    assert 10 < error.item() < 20
    assert wrong.grad is not None and wrong.grad.isfinite().all()


def test_views_of_the_same_category_are_consistent() -> None:
    sure = torch.eye(4)
    assert inconsistency(sure, sure).item() == pytest.approx(0, abs=1e-6)
    # Two views that say nothing meet by chance once in four.
    vague = torch.full((4, 4), 0.25)
    assert inconsistency(vague, vague).item() == pytest.approx(math.log(4))
    assert inconsistency(sure, vague).item() == pytest.approx(math.log(4))
    assert 10 < inconsistency(sure, sure.roll(1, 0)).item() < 20  # never: large, not infinite


def test_draws_are_the_same_until_they_are_far_enough_apart() -> None:
    """Image by image: that one varies much does not make up for one that does not."""
    grey = torch.full((2, 3, 4, 4), 0.5)
    assert diversity_penalty(grey, grey).item() == pytest.approx(DIVERSITY_MARGIN)
    assert diversity_penalty(grey, grey + 0.4 * DIVERSITY_MARGIN).item() == pytest.approx(
        0.6 * DIVERSITY_MARGIN
    )
    assert diversity_penalty(grey, grey - 2 * DIVERSITY_MARGIN).item() == 0
    one = grey.clone()
    one[0] += 5 * DIVERSITY_MARGIN
    assert diversity_penalty(grey, one).item() == pytest.approx(DIVERSITY_MARGIN / 2)


def test_draws_may_vary_freely_round_what_they_shall_be_on_average() -> None:
    """The expected product of two draws' errors is the squared error of their mean."""
    rng = torch.Generator().manual_seed(0)
    source = torch.full((20_000, 1, 2, 2), 0.5)
    for std in (0.0, 0.3):
        for off in (0.0, 0.1):
            draws = [source + off + std * torch.randn(source.shape, generator=rng) for _ in "12"]
            found = first_moment_penalty(*draws, source).item()
            assert found == pytest.approx(10 * off**2, abs=0.01), (std, off)


def test_the_first_moment_of_points_is_measured_like_their_error() -> None:
    points = torch.randn(8, 2)
    moved = points + torch.tensor([0.3, 0.4])
    assert first_moment_penalty(moved, moved, points).item() == pytest.approx(0.25)
    assert first_moment_penalty(moved, points, points).item() == 0


def test_only_a_sure_guess_is_a_label_for_the_second_view() -> None:
    sure, unsure = [0.95, 0.03, 0.02], [0.05, 0.85, 0.1]
    codes = torch.tensor([sure, unsure], requires_grad=True)
    views = torch.full((2, 3), 1 / 3, requires_grad=True)
    error = guess_error(codes, views, 0.9)
    assert error.item() == pytest.approx(math.log(3) / 2)
    error.backward()
    assert codes.grad is None, "what is guessed does not follow the views"
    assert views.grad is not None and views.grad.tolist() == [[pytest.approx(-1.5), 0, 0], [0] * 3]
    assert guess_error(codes, views, 0.8).item() == pytest.approx(math.log(3))
    assert guess_error(codes, views, 0.96).item() == 0


def test_categories_used_alike_are_balanced() -> None:
    assert imbalance(torch.eye(4)).item() == pytest.approx(0, abs=1e-6)
    assert imbalance(torch.full((5, 4), 0.25)).item() == pytest.approx(0, abs=1e-6)
    half = torch.eye(4)[[0, 1, 0, 1]]
    assert imbalance(half).item() == pytest.approx(math.log(2), abs=1e-3)
    all_in_one = torch.eye(4)[[2, 2, 2]]
    assert imbalance(all_in_one).item() == pytest.approx(math.log(4), abs=1e-3)


def test_the_l1_error_is_the_mean_absolute_difference() -> None:
    black, white = torch.zeros(2, 3, 4, 4), torch.ones(2, 3, 4, 4)
    assert l1_error(white, black).item() == 1
    assert l1_error(black, black).item() == 0
    half = white.clone()
    half[0] = 0.5
    assert l1_error(half, black).item() == pytest.approx(0.75)


def test_the_reconstruction_error_of_vectors_is_their_squared_distance() -> None:
    a, b = torch.tensor([[0.0, 0.0], [1.0, 1.0]]), torch.tensor([[3.0, 4.0], [1.0, 1.0]])
    assert reconstruction_error(a, b).item() == pytest.approx(12.5)


def test_the_reconstruction_error_of_images_is_ten_times_their_cross_entropy() -> None:
    picture = (torch.rand(2, 1, 4, 4, generator=torch.Generator().manual_seed(0)) > 0.5).float()
    assert reconstruction_error(picture, picture).item() == pytest.approx(0, abs=1e-5)
    grey = torch.full_like(picture, 0.5)
    assert reconstruction_error(grey, picture).item() == pytest.approx(10 * math.log(2))
    # Least where the image is met, in grey images too.
    nearby = [
        reconstruction_error(torch.full_like(grey, at), grey).item() for at in (0.4, 0.5, 0.6)
    ]
    assert nearby[1] < nearby[0] and nearby[1] < nearby[2]


def test_a_network_that_lost_its_numbers_is_told_by_the_error_not_by_a_crash() -> None:
    lost = torch.full((1, 1, 4, 4), math.nan)
    assert reconstruction_error(lost, torch.zeros(1, 1, 4, 4)).isnan()
    black = torch.zeros(1, 1, 4, 4)
    assert reconstruction_error(black, black) == 0
