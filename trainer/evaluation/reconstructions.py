"""Measures of reconstructions and of samples, for models of images with a code."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from trainer.data.dataset import DataSet
from trainer.evaluation.measures.compression import mean_image_mse, pca_mse
from trainer.evaluation.measures.label_agreement import kin_confusions, label_agreement
from trainer.evaluation.measures.sample_quality import frechet_distance, kernel_distance
from trainer.evaluation.reference_classifier import ReferenceClassifier
from trainer.inference.render import Snapshot

TEST_IMAGES = 2000
DRAWS = 8
BATCH = 200


@torch.inference_mode()
def evaluate_images(
    snapshot: Snapshot, data: DataSet, classifier: ReferenceClassifier | None, seed: int = 0
) -> dict[str, Any]:
    """Measures on the first 2,000 test images, 8 noise draws each, pixels in [0, 1].

    mse: mean squared error of a draw; pca_mse: of as many principal components as the code has
        numbers; mean_image_mse: of the mean image.
    label_agreement: how often the classifier reads the same class off a draw as off the original.
    kin_confusions: of the draws that are read as another digit, the share that stays within
        {3, 5, 8} or {4, 9}, which share codes in the paper; evenly spread it would be 0.09.
    diversity: standard deviation over the draws at a fixed code, the mean over pixels and images.
    noise_share: mean variance over the draws / variance of all reconstructions.
    frechet, kernel: distances of samples from test images in the classifier's features; the floors
        are those of other test images.
    """
    rng = torch.Generator().manual_seed(seed)
    sums = {"mse": 0.0, "deviation": 0.0, "within": 0.0}
    read, truth = [], []
    test = data.test.images[:TEST_IMAGES]
    total = torch.zeros(2, *test.shape[1:], dtype=torch.float64)
    for rows in test.split(BATCH):
        x = (rows.float() / 255).to(snapshot.device)
        draws = reconstructions(snapshot, x, rng)
        sums["mse"] += (draws - x).square().mean().item() * len(x)
        if classifier is not None:
            read.append(torch.stack([classifier.read(draw) for draw in draws], 1))
            truth.append(classifier.read(x))
        variance = draws.var(0)
        sums["deviation"] += variance.sqrt().mean().item() * len(x)
        sums["within"] += variance.mean().item() * len(x)
        total += torch.stack([draws.sum((0, 1)), draws.square().sum((0, 1))]).cpu().double()
    count = len(test)
    mean, square = total / (count * DRAWS)
    variance_of_all = (square - mean.square()).mean().item()
    told: dict[str, Any] = {"mse": round(sums["mse"] / count, 5)}
    if snapshot.recipe.model.code < min(256, count) and not snapshot.recipe.categorical:
        told["pca_mse"] = round(pca_mse(data.train.images, test, snapshot.recipe.model.code), 5)
    told["mean_image_mse"] = round(mean_image_mse(data.train.images, test), 5)
    told |= {
        "diversity": round(sums["deviation"] / count, 4),
        "noise_share": round(sums["within"] / count / max(variance_of_all, 1e-9), 4),
    }
    if classifier is not None:
        told |= _labels(torch.cat(read), torch.cat(truth), snapshot.recipe.data.name == "mnist")
        told["classifier_accuracy"] = round(classifier.accuracy, 4)
        told |= _quality(snapshot, data, classifier, rng)
    return told | {"images": count}


def _labels(read: Tensor, truth: Tensor, digits: bool) -> dict[str, Any]:
    told = {"label_agreement": round(label_agreement(read, truth), 4)}
    kin = kin_confusions(read, truth) if digits else None
    return told if kin is None else told | {"kin_confusions": round(kin, 3)}


def reconstructions(snapshot: Snapshot, x: Tensor, rng: torch.Generator) -> Tensor:
    """Draws [8, N, C, H, W] of images [N, C, H, W] at a fixed code each."""
    model, device = snapshot.model, snapshot.device
    z = model.encode(x, model.eps.sample(len(x), rng).to(device))
    if not model.noise.size:
        only = model.decode(z, model.noise.sample(len(x), rng).to(device))
        return only.expand(DRAWS, *only.shape)
    return torch.stack(
        [model.decode(z, model.noise.sample(len(x), rng).to(device)) for _ in range(DRAWS)]
    )


def _quality(
    snapshot: Snapshot, data: DataSet, classifier: ReferenceClassifier, rng: torch.Generator
) -> dict[str, Any]:
    """How far samples of the model lie from test images, and other test images beside them."""
    device, model = snapshot.device, snapshot.model
    # Halves of a shuffled set: neighbours in a file are often of one source.
    rows = data.test.images[torch.randperm(len(data.test), generator=rng)]
    count = min(TEST_IMAGES, len(rows) // 2)
    made = []
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        z, n = model.prior.sample(size, rng), model.noise.sample(size, rng)
        made.append(classifier.features(model.decode(z.to(device), n.to(device))).cpu())

    def features(images: Tensor) -> Tensor:
        parts = [
            classifier.features((r.float() / 255).to(device)).cpu() for r in images.split(BATCH)
        ]
        return torch.cat(parts)

    known, others, fake = features(rows[:count]), features(rows[-count:]), torch.cat(made)
    size = min(500, count)
    return {
        "frechet": round(frechet_distance(fake, known), 3),
        "frechet_floor": round(frechet_distance(others, known), 3),
        "kernel": round(kernel_distance(fake, known, size=size), 4),
        "kernel_floor": round(kernel_distance(others, known, size=size), 4),
    }
