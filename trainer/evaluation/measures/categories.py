"""Measures of categorical codes: clusters (Figure 6) and classes learned from few labels."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor

from trainer.data.dataset import DataSet, Rows, labelled_rows
from trainer.evaluation.formulas.cluster_agreement import (
    cluster_usage,
    clustering_error,
    kmeans_error,
)
from trainer.evaluation.formulas.label_agreement import supervised_error
from trainer.evaluation.measurable import Figures, at_least, finite, of_two_classes, some_of
from trainer.evaluation.specs import MEASURES, MeasureSpec
from trainer.inference.snapshot import Snapshot
from trainer.recipe.recipe import Recipe

TRAINING_IMAGES = 20_000  # that clusters are matched to classes on
TEST_IMAGES = 10_000
BATCH = 500


def evaluate_categories(snapshot: Snapshot, data: DataSet, seed: int = 0) -> dict[str, Any]:
    """On up to 20,000 training and 10,000 test images, chosen at random.

    clustering_error: each cluster belongs to the class most of its training images have; the
        share of test images in another class's cluster. kmeans_error: the same of k-means on
        pixels with as many clusters.
    clusters_used: those with at least a tenth of their even share; perplexity: their effective
        number.
    classification_error: with labels, the share of test images whose category is not their class;
        supervised_error: of a small network on the same labels, with the same second views.
    """
    recipe = snapshot.recipe
    rows = some_of(data.train, TRAINING_IMAGES), some_of(data.test, TEST_IMAGES)
    (train, train_labels), (test, test_labels) = ((part.images, part.labels) for part in rows)
    figures = Figures()

    @cache
    def codes() -> Tensor:
        return _codes(snapshot, test, seed)

    with figures.measuring("clustering_error"):
        of_two_classes(test_labels, "test images")
        known = _codes(snapshot, train, seed)
        matched = clustering_error(known, train_labels, codes(), test_labels)
        figures["clustering_error"] = round(matched, 4)
    with figures.measuring("kmeans_error"):
        of_two_classes(test_labels, "test images")
        by_pixels = kmeans_error(train, train_labels, test, test_labels, recipe.model.code, seed)
        figures["kmeans_error"] = round(by_pixels, 4)
    with figures.measuring("clusters_used", "perplexity"):
        usage = cluster_usage(codes())
        figures |= {"clusters_used": usage.used, "perplexity": round(usage.perplexity, 2)}
    if recipe.data.labels:
        with figures.measuring("classification_error"):
            of_two_classes(test_labels, "test images")
            wrong = (codes().argmax(1) != test_labels).float().mean().item()
            figures["classification_error"] = round(wrong, 4)
        with figures.measuring("supervised_error"):
            of_two_classes(test_labels, "test images")
            figures["supervised_error"] = round(
                _supervised(recipe, data.train, test, test_labels), 4
            )
    return figures


def _supervised(recipe: Recipe, train: Rows, test: Tensor, test_labels: Tensor) -> float:
    known = labelled_rows(train, recipe.data.labels, recipe.optim.seed)
    views = recipe.objective.penalties
    return supervised_error(
        known.images,
        known.labels,
        test,
        test_labels,
        views.augment,
        recipe.optim.seed,
        recoloured=views.recolour,
    )


@torch.inference_mode()
def _codes(snapshot: Snapshot, images: Tensor, seed: int) -> Tensor:
    """Codes [N, K] of images uint8, one draw of the encoder's noise each."""
    at_least(1, len(images), "images")
    model, device = snapshot.model, snapshot.device
    rng = torch.Generator().manual_seed(seed)
    parts = []
    for rows in images.split(BATCH):
        eps = model.eps.sample(len(rows), rng).to(device)
        parts.append(model.encode((rows.float() / 255).to(device), eps).cpu())
    return finite(torch.cat(parts), "codes")


MEASURES.register(
    MeasureSpec(
        "categories",
        applies=lambda recipe, data: recipe.categorical and not recipe.two_dimensional,
        measure=lambda subject: evaluate_categories(subject.snapshot, subject.data, subject.seed),
        order=1,
    )
)
