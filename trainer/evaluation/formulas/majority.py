"""Which class a cluster belongs to: the one that most of its images have."""

from __future__ import annotations

import torch
from torch import Tensor

NOBODY = -1  # the class of a cluster that no image fell into


def majority(cluster: Tensor, labels: Tensor, clusters: int) -> Tensor:
    """The commonest label in each cluster, int64 [clusters]; the lowest one where several tie."""
    classes = int(labels.max()) + 1
    counts = torch.bincount(cluster * classes + labels, minlength=clusters * classes)
    counts = counts.view(clusters, classes)
    return counts.argmax(1).where(counts.sum(1) > 0, NOBODY)
