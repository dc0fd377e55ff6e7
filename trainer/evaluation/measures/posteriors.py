"""Measures of the four points and their posteriors (Figures 11 and 12)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from trainer.data.dataset import DataSet
from trainer.data.drawing.points import FOUR, FOUR_SIGMA, nearest_place
from trainer.evaluation.formulas.two_samples import (
    sampling_floor,
    sliced_wasserstein,
    two_sample_accuracy,
)
from trainer.evaluation.measurable import Figures, at_least, finite
from trainer.evaluation.specs import MEASURES, MeasureSpec
from trainer.inference.snapshot import Snapshot

SAMPLES = 10_000
FEWEST = 50  # codes of a place that can be told from others


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
    real = data.test.images[:SAMPLES]
    eps = model.eps.sample(len(real), rng)
    codes = model.encode(real.to(device), eps.to(device)).cpu()
    figures = Figures()
    with figures.measuring("places", "high_quality"):
        used = np.bincount(_places(fake).numpy(), minlength=len(FOUR)) >= 0.01 * SAMPLES
        sigmas = torch.cdist(fake, torch.tensor(FOUR)).amin(1) / FOUR_SIGMA
        good = (sigmas <= 4).float().mean().item()
        figures |= {"places": int(used.sum()), "high_quality": round(good, 4)}
    with figures.measuring("posterior_accuracy"):
        made_at, real_at = _places(fake), nearest_place(real)
        accuracy = _told_apart(z, made_at, finite(codes, "codes"), real_at, seed)
        figures["posterior_accuracy"] = round(accuracy, 4)
    with figures.measuring("prior_distance"):
        distance = sliced_wasserstein(finite(codes, "codes"), z[: len(codes)], seed=seed)
        figures["prior_distance"] = round(distance, 4)
    with figures.measuring("prior_floor"):
        floor = sampling_floor(model.prior.sample, len(codes), seed=seed)
        figures["prior_floor"] = round(floor, 4)
    return figures


def _places(fake: Tensor) -> Tensor:
    return nearest_place(finite(fake, "samples"))


def _told_apart(z: Tensor, made_at: Tensor, codes: Tensor, real_at: Tensor, seed: int) -> float:
    accuracies = []
    for place in range(len(FOUR)):
        true, found = z[made_at == place], codes[real_at == place]
        at_least(FEWEST, len(found), "test points at one of the places")
        count = min(len(true), len(found))
        # A place that the model never reaches has no true posterior: told apart without fail.
        known = count >= FEWEST
        accuracies.append(two_sample_accuracy(true[:count], found[:count], seed) if known else 1.0)
    return float(np.mean(accuracies))


MEASURES.register(
    MeasureSpec(
        "posteriors",
        applies=lambda recipe, data: recipe.two_dimensional and recipe.data.name != "mog",
        measure=lambda subject: evaluate_places(subject.snapshot, subject.data, subject.seed),
        order=0,
    )
)
