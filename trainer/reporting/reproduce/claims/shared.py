"""Measures and images that several groups of claims share."""

from __future__ import annotations

from trainer.reporting.reproduce.trials import Measure, Trial

MSE = Measure("mse", "mse", yardstick="pca_mse", against="as many principal components")
LABEL = Measure("label_agreement", "label kept", True)
DIVERSITY = Measure("diversity", "diversity")
SHARE = Measure("noise_share", "noise share")
CLUSTERS = Measure("clustering_error", "error", True, "kmeans_error", "k-means, as many clusters")
USED = Measure("clusters_used", "clusters used")
CLASSES = Measure(
    "classification_error", "error", True, "supervised_error", "a supervised net, same labels"
)
SPECKLE = Measure("speckle", "speckle")
FACES = "faces64.zip"


def of_catalogue(*names: str) -> tuple[Trial, ...]:
    """Recipes as they are."""
    return tuple(Trial(name, name) for name in names)
