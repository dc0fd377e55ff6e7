"""Clusters, compression and labels, on cases whose answer is known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from trainer.evaluation.formulas.arrays import flat, some
from trainer.evaluation.formulas.cluster_agreement import (
    cluster_usage,
    clustering_error,
    kmeans_error,
    matched_accuracy,
)
from trainer.evaluation.formulas.compression import mean_image_mse, pca_mse
from trainer.evaluation.measurable import CannotMeasureError


def codes(clusters: list[int], size: int = 5) -> Tensor:
    """Soft codes [N, size] that are largest at the named clusters."""
    return functional.one_hot(torch.tensor(clusters), size).float() * 0.6 + 0.05


def test_matched_accuracy_of_known_cases() -> None:
    truth = torch.tensor([0, 0, 1, 1, 2, 2])
    assert matched_accuracy(truth, truth) == 1
    assert matched_accuracy(torch.tensor([2, 2, 0, 0, 1, 1]), truth) == 1
    assert matched_accuracy(torch.zeros(6, dtype=torch.int64), truth) == pytest.approx(2 / 6)
    # One-to-one: two guesses for the same truth do not both count.
    assert matched_accuracy(torch.tensor([0, 1, 2, 2, 3, 3]), truth) == pytest.approx(5 / 6)


def test_a_renamed_cluster_is_no_error_and_two_clusters_may_share_a_class() -> None:
    train, labels = codes([4, 4, 0, 2, 2]), torch.tensor([0, 0, 1, 1, 1])
    assert clustering_error(train, labels, codes([4, 0, 2]), torch.tensor([0, 1, 1])) == 0
    assert clustering_error(train, labels, codes([4, 0, 2]), torch.tensor([1, 0, 0])) == 1


def test_the_majority_of_the_training_images_names_a_cluster() -> None:
    train, labels = codes([1, 1, 1, 3]), torch.tensor([7, 7, 9, 9])
    error = clustering_error(train, labels, codes([1, 1, 1, 3]), torch.tensor([7, 9, 9, 9]))
    assert error == 0.5  # the test images' own majority, 9, does not count


def test_a_cluster_never_met_in_training_is_wrong() -> None:
    train, labels = codes([0, 1]), torch.tensor([0, 1])
    assert clustering_error(train, labels, codes([0, 4]), torch.tensor([0, 0])) == 0.5
    assert clustering_error(train, labels, codes([0, 2]), torch.tensor([0, 1])) == 0.5


def blobs(each: int, seed: int) -> tuple[Tensor, Tensor]:
    """Four kinds of image uint8 [4 each, 1, 8, 8], each with another bright corner."""
    rng = torch.Generator().manual_seed(seed)
    labels = torch.arange(4).repeat_interleave(each)
    images = torch.randint(40, (4 * each, 1, 8, 8), generator=rng)
    for kind in range(4):
        top, left = 4 * (kind // 2), 4 * (kind % 2)
        images[labels == kind, :, top : top + 4, left : left + 4] += 180
    return images.to(torch.uint8), labels


def test_k_means_finds_what_differs_in_pixels() -> None:
    train, test = blobs(100, 0), blobs(30, 1)
    assert kmeans_error(*train, *test, clusters=4, seed=0) == 0
    # Two clusters can belong to two classes at most: the other two classes are wrong.
    assert kmeans_error(*train, *test, clusters=2, seed=0) == pytest.approx(0.5)
    floats = kmeans_error(train[0] / 255, train[1], test[0] / 255, test[1], 3, 5)
    assert floats == kmeans_error(*train, *test, clusters=3, seed=5) == pytest.approx(0.25)


def test_k_means_of_labels_by_chance_is_chance() -> None:
    (train, labels), (test, _) = blobs(100, 0), blobs(30, 1)
    coin = torch.arange(len(test)) % 2
    error = kmeans_error(train, labels % 2, test, coin, clusters=4, seed=0)
    assert error == pytest.approx(0.5)


def test_usage_of_clusters() -> None:
    even = cluster_usage(codes([0, 1, 2, 3, 4] * 10))
    assert even.used == 5 and even.perplexity == pytest.approx(5)
    one = cluster_usage(codes([3] * 10))
    assert one.used == 1 and one.perplexity == pytest.approx(1)
    # The share of 1 is exactly a tenth of an even share, that of 2 is below it.
    rare = cluster_usage(codes([0] * 197 + [1] * 2 + [2], 10))
    assert rare.used == 2
    assert rare.perplexity == pytest.approx(
        math.exp(-sum(p * math.log(p) for p in (0.985, 0.01, 0.005)))
    )


def test_pca_restores_data_of_low_rank() -> None:
    rng = torch.Generator().manual_seed(0)
    spread = torch.tensor([0.03, 0.02, 0.01])
    basis = torch.linalg.qr(torch.randn(64, 3, generator=rng)).Q.T * 8  # rows of mean square 1
    images = (0.5 + (torch.randn(4000, 3, generator=rng) * spread) @ basis).view(-1, 1, 8, 8)
    train, test = images[:3000], images[3000:]
    assert pca_mse(train, test, 3) < 1e-9
    assert pca_mse(train, test, 2) == pytest.approx(0.01**2, rel=0.1)
    assert pca_mse(train, test, 1) == pytest.approx(0.01**2 + 0.02**2, rel=0.1)
    total = float(spread.square().sum())
    assert mean_image_mse(train, test) == pytest.approx(total, rel=0.1)


def test_the_mean_image_is_that_of_training() -> None:
    train, test = torch.full((10, 1, 4, 4), 51, dtype=torch.uint8), torch.zeros(3, 1, 4, 4)
    assert mean_image_mse(train, test) == pytest.approx(0.2**2)
    assert mean_image_mse(train, train) == pytest.approx(0, abs=1e-12)


def test_one_image_has_a_mean_and_none_has_not() -> None:
    one = torch.full((1, 1, 4, 4), 51, dtype=torch.uint8)
    assert mean_image_mse(one, one) == pytest.approx(0, abs=1e-12)
    for train, test, told in ((one[:0], one, "training"), (one, one[:0], "test")):
        with pytest.raises(CannotMeasureError, match=f"0 {told} images"):
            mean_image_mse(train, test)


def test_rows_of_pixels_lie_in_the_unit_range() -> None:
    rows = flat(torch.tensor([0, 255], dtype=torch.uint8).view(1, 1, 1, 2))
    assert rows.tolist() == [[0.0, 1.0]] and rows.dtype == "float32"


def test_some_of_many_are_distinct_and_follow_from_the_seed() -> None:
    assert some(5, 9, 3).tolist() == [0, 1, 2, 3, 4]
    chosen = some(100, 9, 3)
    assert len(set(chosen.tolist())) == 9 and torch.equal(chosen, some(100, 9, 3))
    assert not torch.equal(chosen, some(100, 9, 4))
