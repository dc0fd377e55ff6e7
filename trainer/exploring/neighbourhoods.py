"""Which codes are near each other: scikit-learn's t-SNE in stages that can be seen and left."""

from __future__ import annotations

import numpy as np
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits  # of scikit-learn

from trainer.exploring.plane import principal_plane
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.map import Neighbourhoods
from trainer.inference.snapshot import Snapshot
from trainer.messages import Floats

PERPLEXITY = 30.0
DIMENSIONS = 50  # of features; more tell t-SNE hardly anything, and cost it much
ANGLE = 0.8  # of Barnes and Hut: of our codes it costs no neighbour, and is twice as fast as 0.5
# scikit-learn has no way to look in. But it ends at the first look at a gradient below this, after
# 50 steps of either momentum; begun there again it goes on. 9 stages end where it would itself.
AT_ONCE = 1e30


def stage(snapshot: Snapshot, question: Neighbourhoods, told: Circumstances) -> Floats:
    """The places [N, 2] after one stage more; the first exaggerates, as t-SNE does.

    What `told.progress` raises ends it. A stage takes about a second for 2,000 codes of a core.
    """
    told.progress(0, 1)
    codes = _fewer(question.codes)
    begun = _first(codes) if question.before is None else question.before
    first = question.number == 0
    fitted = TSNE(
        perplexity=min(PERPLEXITY, (len(codes) - 1) / 3),
        early_exaggeration=12.0 if first else 1.0,
        max_iter=250,
        min_grad_norm=1e-7 if first else AT_ONCE,
        init=begun,
        angle=ANGLE,
        random_state=question.seed,
    )
    # Several threads add up in any order, so that no two maps were the same.
    with threadpool_limits(1, "openmp"):
        places: Floats = fitted.fit_transform(codes).astype(np.float32)
    told.progress(1, 1)
    return places


def _fewer(codes: Floats) -> Floats:
    """The strongest principal components of many dimensions."""
    if codes.shape[1] <= DIMENSIONS:
        return codes
    centred = (codes - codes.mean(0)).astype(np.float64)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ vectors[:, -DIMENSIONS:], np.float32)


def _first(codes: Floats) -> Floats:
    """All near the middle, as they lie in their plane: so the map is the same each time."""
    if codes.shape[1] < 2:
        codes = np.concatenate([codes, np.zeros_like(codes)], 1)
    places = principal_plane(codes).coordinates(codes)
    scale = float(places[:, 0].std())
    return np.asarray(1e-4 * places / (scale if scale > 0 else 1.0), np.float32)
