"""How well a code, taken as a cluster, tells classes that it was never told.

Makhzani, "Implicit Autoencoders" (2018), Figure 6: "each cluster is matched to a digit".
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import torch
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import MiniBatchKMeans
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from trainer.evaluation.formulas.arrays import flat, some
from trainer.evaluation.formulas.majority import majority
from trainer.evaluation.measurable import at_least

KMEANS_IMAGES = 20_000


class ClusterUsage(NamedTuple):
    """used: clusters that hold images, 0 to K; perplexity: their effective number, 1 to K."""

    used: int
    perplexity: float


def matched_accuracy(guess: Tensor, truth: Tensor) -> float:
    """Accuracy of categories [N] under the best one-to-one matching (Hungarian), 0 to 1."""
    at_least(1, len(truth), "samples")
    guess, truth = guess.cpu(), truth.cpu()
    size = int(max(guess.max(), truth.max())) + 1
    counts = torch.bincount(guess * size + truth, minlength=size * size).view(size, size).numpy()
    rows, columns = linear_sum_assignment(-counts)
    return float(counts[rows, columns].sum() / len(truth))


def clustering_error(
    train_codes: Tensor, train_labels: Tensor, test_codes: Tensor, test_labels: Tensor
) -> float:
    """Share of test images whose cluster belongs to another class, 0 to 1.

    A cluster is the argmax of a code [N, K]; it belongs to the class most of its training images
    have (several clusters may share one class). A cluster that no training image met is wrong.
    """
    train, test = train_codes.argmax(1).cpu(), test_codes.argmax(1).cpu()
    return _error(train, train_labels.cpu(), test, test_labels.cpu())


def _error(train: Tensor, train_labels: Tensor, test: Tensor, test_labels: Tensor) -> float:
    """The same from the clusters' numbers, int64 [N]."""
    at_least(1, len(train), "training images")
    at_least(1, len(test), "test images")
    clusters = int(max(train.max(), test.max())) + 1
    owner = majority(train, train_labels, clusters)
    return float((owner[test] != test_labels).double().mean())


def kmeans_error(
    train_images: Tensor,
    train_labels: Tensor,
    test_images: Tensor,
    test_labels: Tensor,
    clusters: int,
    seed: int,
) -> float:
    """The clustering error of k-means on plain pixels: what needs no model, 0 to 1.

    Images [N, C, H, W], uint8 or float in [0, 1]. Centres are fitted on at most 20,000 of the
    training images (Sculley's mini-batches), which also give each cluster its class. Raises
    CannotMeasureError where there are fewer of them than clusters.
    """
    at_least(clusters, len(train_images), "training images")
    at_least(1, len(test_images), "test images")
    chosen = some(len(train_images), KMEANS_IMAGES, seed)
    pixels = flat(train_images[chosen])
    with warnings.catch_warnings():  # images may be alike: then fewer clusters are of use
        warnings.simplefilter("ignore", ConvergenceWarning)
        means = MiniBatchKMeans(
            clusters, batch_size=1024, n_init=3, max_no_improvement=20, random_state=seed
        ).fit(pixels)
    train = torch.from_numpy(means.predict(pixels)).long()
    test = torch.from_numpy(means.predict(flat(test_images))).long()
    return _error(train, train_labels.cpu()[chosen], test, test_labels.cpu())


def cluster_usage(codes: Tensor) -> ClusterUsage:
    """How many of the K clusters of codes [N, K] are in use.

    used: clusters with at least 1 / (10 K) of the images, a tenth of an even share.
    perplexity: exp(-sum p log p) of the shares p: K where all are used evenly, 1 where one is.
    """
    at_least(1, len(codes), "test images")
    clusters = codes.shape[1]
    share = torch.bincount(codes.argmax(1), minlength=clusters).double() / len(codes)
    entropy = -torch.xlogy(share, share).sum()
    return ClusterUsage(int((share * 10 * clusters >= 1).sum()), float(entropy.exp()))
