"""Measures of the mixture of seven Gaussians (Figure 5)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from trainer.data.dataset import DataSet
from trainer.data.sets.points import MODES, nearest_mode
from trainer.evaluation.measures.cluster_agreement import matched_accuracy
from trainer.inference.render import Snapshot


@torch.inference_mode()
def evaluate_points(snapshot: Snapshot, data: DataSet, seed: int = 0) -> dict[str, Any]:
    """On 10,000 samples of a fixed seed.

    modes: components that get at least 1 % of the samples.
    high_quality: the share of samples within 4 sigma of a component's mean.
    within_mode_spread: their root mean squared deviation by axis from their component's mean,
        in sigmas; 1 is right, less is a shrunken mode.
    code_used: accuracy of the best one-to-one guess of the sample's component from the one-hot.
    cluster_accuracy (IAE): the same from a test point's code to the point's true component.
    """
    model, device = snapshot.model, snapshot.device
    rng = torch.Generator().manual_seed(seed)
    z, n = model.prior.sample(10_000, rng), model.noise.sample(10_000, rng)
    fake = model.decode(z.to(device), n.to(device)).cpu()
    component, sigmas = nearest_mode(fake)
    good = sigmas <= 4
    spread = (sigmas[good].square().mean() / 2).sqrt() if good.any() else torch.tensor(0.0)
    used = np.bincount(component.numpy(), minlength=MODES) >= 0.01 * len(component)
    result: dict[str, Any] = {
        "modes": int(used.sum()),
        "high_quality": round(good.float().mean().item(), 4),
        "within_mode_spread": round(spread.item(), 3),
        "code_used": round(matched_accuracy(z.argmax(1), component), 4),
    }
    if snapshot.recipe.model.kind != "gan":
        test = data.test
        eps = model.eps.sample(len(test), rng)
        codes = model.encode(test.images.to(device), eps.to(device)).cpu()
        result["cluster_accuracy"] = round(matched_accuracy(codes.argmax(1), test.labels), 4)
    return result
