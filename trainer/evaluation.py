"""The measures: the paper's, and those that tell what the code holds and what the noise holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from trainer.data import DataSet
from trainer.data.points import MODES, nearest_mode
from trainer.explore import Snapshot
from trainer.judge import Judge
from trainer.spaces import Empirical

TEST_IMAGES = 2000
DRAWS = 8
BATCH = 200


@torch.inference_mode()
def evaluate_points(snapshot: Snapshot, data: DataSet, seed: int = 0) -> dict[str, Any]:
    """Measures of the mixture of Gaussians, on 10,000 samples of a fixed seed.

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
    if snapshot.recipe.model != "gan":
        eps = model.eps.sample(len(data.test), rng)
        codes = model.encode(data.test.to(device), eps.to(device)).cpu()
        result["cluster_accuracy"] = round(matched_accuracy(codes.argmax(1), data.test_labels), 4)
    return result


def matched_accuracy(guess: Tensor, truth: Tensor) -> float:
    """Accuracy of categories under the best one-to-one matching (Hungarian), 0 to 1."""
    size = int(max(guess.max(), truth.max())) + 1
    counts = torch.bincount(guess * size + truth, minlength=size * size).view(size, size).numpy()
    rows, columns = linear_sum_assignment(-counts)
    return float(counts[rows, columns].sum() / len(truth))


@torch.inference_mode()
def evaluate_images(
    snapshot: Snapshot, data: DataSet, judge: Judge, seed: int = 0
) -> dict[str, Any]:
    """Measures on the first 2,000 test images, 8 noise draws each, pixels in [0, 1].

    mse: mean squared error of a draw.
    label_agreement: how often the judge reads the same class off a draw as off the original.
    diversity: standard deviation over the draws at a fixed code, the mean over pixels and images.
    noise_share: mean variance over the draws / variance of all reconstructions.
    """
    model, device = snapshot.model, snapshot.device
    rng = torch.Generator().manual_seed(seed)
    source = Empirical(data.test[:TEST_IMAGES])
    sums = {"mse": 0.0, "agree": 0.0, "deviation": 0.0, "within": 0.0}
    total = torch.zeros(2, *source.shape, dtype=torch.float64)
    for rows in torch.split(source.rows, BATCH):
        x = (rows.float() / 255).to(device)
        z = model.encode(x, model.eps.sample(len(x), rng).to(device))
        draws = torch.stack(
            [model.decode(z, model.noise.sample(len(x), rng).to(device)) for _ in range(DRAWS)]
        )
        sums["mse"] += (draws - x).square().mean().item() * len(x)
        truth = judge.read(x)
        agree = torch.stack([judge.read(draw) == truth for draw in draws])
        sums["agree"] += agree.float().mean().item() * len(x)
        variance = draws.var(0)
        sums["deviation"] += variance.sqrt().mean().item() * len(x)
        sums["within"] += variance.mean().item() * len(x)
        total += torch.stack([draws.sum((0, 1)), draws.square().sum((0, 1))]).cpu().double()
    count = len(source.rows)
    mean, square = total / (count * DRAWS)
    variance_of_all = (square - mean.square()).mean().item()
    return {
        "mse": round(sums["mse"] / count, 5),
        "label_agreement": round(sums["agree"] / count, 4),
        "diversity": round(sums["deviation"] / count, 4),
        "noise_share": round(sums["within"] / count / max(variance_of_all, 1e-9), 4),
        "judge_accuracy": round(judge.accuracy, 4),
        "images": count,
    }


def evaluate(snapshot: Snapshot, data: DataSet, seed: int = 0) -> dict[str, Any]:
    """The measures of the recipe's kind, as plain numbers."""
    head = {"recipe": snapshot.recipe.name, "step": snapshot.step}
    if snapshot.recipe.two_dimensional:
        return head | evaluate_points(snapshot, data, seed)
    judge = Judge.of(snapshot.recipe.data, data, snapshot.device)
    return head | evaluate_images(snapshot, data, judge, seed)
