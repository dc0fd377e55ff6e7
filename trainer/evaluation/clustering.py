"""Measures of categorical codes: clusters (Figure 6) and classes learned from few labels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from trainer.data.dataset import DataSet, labelled_rows
from trainer.evaluation.measures.cluster_agreement import (
    cluster_usage,
    clustering_error,
    kmeans_error,
)
from trainer.evaluation.measures.label_agreement import supervised_error
from trainer.inference.render import Snapshot

TRAINING_IMAGES = 20_000  # that clusters are matched to classes on
TEST_IMAGES = 10_000
BATCH = 500


def evaluate_categories(snapshot: Snapshot, data: DataSet, seed: int = 0) -> dict[str, Any]:
    """On 20,000 training images and up to 10,000 test images.

    clustering_error: each cluster belongs to the class most of its training images have; the
        share of test images in another class's cluster. kmeans_error: the same of k-means on
        pixels with as many clusters.
    clusters_used: those with at least a tenth of their even share; perplexity: their effective
        number.
    classification_error: with labels, the share of test images whose category is not their class;
        supervised_error: of a small network on the same labels, with the same second views.
    """
    recipe = snapshot.recipe
    train, test = data.train.images[:TRAINING_IMAGES], data.test.images[:TEST_IMAGES]
    train_labels = data.train.labels[: len(train)]
    test_labels = data.test.labels[: len(test)]
    codes = _codes(snapshot, test, seed)
    matched = clustering_error(_codes(snapshot, train, seed), train_labels, codes, test_labels)
    rival = kmeans_error(train, train_labels, test, test_labels, recipe.model.code, seed)
    usage = cluster_usage(codes)
    told: dict[str, Any] = {
        "clustering_error": round(matched, 4),
        "kmeans_error": round(rival, 4),
        "clusters_used": usage.used,
        "perplexity": round(usage.perplexity, 2),
    }
    if recipe.data.labels:
        wrong = (codes.argmax(1) != test_labels).float().mean().item()
        known = labelled_rows(data.train, recipe.data.labels, recipe.optim.seed)
        rival = supervised_error(
            known.images,
            known.labels,
            test,
            test_labels,
            True,
            recipe.optim.seed,
            recoloured=recipe.objective.penalties.recolour,
        )
        told["classification_error"] = round(wrong, 4)
        told["supervised_error"] = round(rival, 4)
    return told


@torch.inference_mode()
def _codes(snapshot: Snapshot, images: Tensor, seed: int) -> Tensor:
    """Codes [N, K] of images uint8, one draw of the encoder's noise each."""
    model, device = snapshot.model, snapshot.device
    rng = torch.Generator().manual_seed(seed)
    parts = []
    for rows in images.split(BATCH):
        eps = model.eps.sample(len(rows), rng).to(device)
        parts.append(model.encode((rows.float() / 255).to(device), eps).cpu())
    return torch.cat(parts)
