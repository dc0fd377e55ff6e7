"""Measures of the four points and their posteriors (Figures 11 and 12)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from trainer.data.dataset import DataSet
from trainer.data.drawing.points import FOUR, FOUR_SIGMA, nearest_place
from trainer.evaluation.formulas.two_samples import (
    sampling_floor,
    sliced_wasserstein,
    two_sample_accuracy,
)
from trainer.evaluation.specs import MEASURES, MeasureSpec
from trainer.inference.snapshot import Snapshot

SAMPLES = 10_000


@torch.inference_mode()
def evaluate_places(snapshot: Snapshot, data: DataSet, seed: int = 0) -> dict[str, Any]:
    """On 10,000 samples of the model, and as many points of the data.

    places: of the four, those that get at least 1 % of the samples.
    high_quality: the share of samples within 4 sigma of a place.
    posterior_accuracy: how well a nearest-neighbour classifier tells the true posterior, codes z
        of the prior whose sample lies at a place, from the variational one, q(z|x) of data there;
        the mean over the places. 0.5 is a perfect match.
    prior_distance: sliced Wasserstein distance of the aggregated posterior q(z) to the prior.
    prior_floor: the same of two samples of the prior, the best that can be had.
    """
    model, device = snapshot.model, snapshot.device
    rng = torch.Generator().manual_seed(seed)
    z, n = model.prior.sample(SAMPLES, rng), model.noise.sample(SAMPLES, rng)
    fake = model.decode(z.to(device), n.to(device)).cpu()
    made_at = nearest_place(fake)
    real = data.test.images[:SAMPLES]
    eps = model.eps.sample(len(real), rng)
    codes = model.encode(real.to(device), eps.to(device)).cpu()
    real_at = nearest_place(real)
    sigmas = torch.cdist(fake, torch.tensor(FOUR)).amin(1) / FOUR_SIGMA
    accuracies = []
    for place in range(len(FOUR)):
        true, found = z[made_at == place], codes[real_at == place]
        count = min(len(true), len(found))
        # A place that the model never reaches has no true posterior: told apart without fail.
        known = count >= 50
        accuracies.append(two_sample_accuracy(true[:count], found[:count], seed) if known else 1.0)
    used = np.bincount(made_at.numpy(), minlength=len(FOUR)) >= 0.01 * SAMPLES
    return {
        "places": int(used.sum()),
        "high_quality": round((sigmas <= 4).float().mean().item(), 4),
        "posterior_accuracy": round(float(np.mean(accuracies)), 4),
        "prior_distance": round(sliced_wasserstein(codes, z[: len(codes)], seed=seed), 4),
        "prior_floor": round(sampling_floor(model.prior.sample, len(codes), seed=seed), 4),
    }


MEASURES.register(
    MeasureSpec(
        "posteriors",
        applies=lambda recipe, data: recipe.two_dimensional and recipe.data.name != "mog",
        measure=lambda subject: evaluate_places(subject.snapshot, subject.data, subject.seed),
        order=0,
    )
)
