"""Measures of the mixture of seven Gaussians (Figure 5)."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from trainer.data.dataset import DataSet
from trainer.data.drawing.points import MODES, nearest_mode
from trainer.evaluation.formulas.cluster_agreement import matched_accuracy
from trainer.evaluation.measurable import CannotMeasureError, Figures, finite
from trainer.evaluation.specs import MEASURES, MeasureSpec
from trainer.inference.snapshot import Snapshot
from trainer.recipe.specs import MODELS


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
    figures = Figures()
    with figures.measuring("modes", "high_quality", "within_mode_spread", "code_used"):
        fake = finite(model.decode(z.to(device), n.to(device)).cpu(), "samples")
        _samples(figures, fake, z)
    if MODELS[snapshot.recipe.model.kind].inverse:  # else there is no encoder
        test = data.test
        eps = model.eps.sample(len(test), rng)
        with figures.measuring("cluster_accuracy"):
            codes = finite(model.encode(test.images.to(device), eps.to(device)).cpu(), "codes")
            right = matched_accuracy(codes.argmax(1), test.labels)
            figures["cluster_accuracy"] = round(right, 4)
    return figures


def _samples(figures: Figures, fake: Tensor, z: Tensor) -> None:
    component, sigmas = nearest_mode(fake)
    good = sigmas <= 4
    used = np.bincount(component.numpy(), minlength=MODES) >= 0.01 * len(component)
    figures["modes"] = int(used.sum())
    figures["high_quality"] = round(good.float().mean().item(), 4)
    with figures.measuring("within_mode_spread"):
        if not good.any():
            raise CannotMeasureError("no sample lies near a component")
        spread = (sigmas[good].square().mean() / 2).sqrt().item()
        figures["within_mode_spread"] = round(spread, 3)
    figures["code_used"] = round(matched_accuracy(z.argmax(1), component), 4)


MEASURES.register(
    MeasureSpec(
        "mixture",
        applies=lambda recipe, data: recipe.data.name == "mog",
        measure=lambda subject: evaluate_points(subject.snapshot, subject.data, subject.seed),
        order=0,
    )
)
