"""Classes: whether they survive a model, and what a few labels are worth without one."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from trainer.evaluation.formulas.fitting import convolutional, outputs_of, train, unit
from trainer.evaluation.measurable import CannotMeasureError, at_least
from trainer.objectives.augmentation import augment as moved
from trainer.objectives.augmentation import recolour

BATCH = 100
RATE = 5e-3
KIN = ((3, 5, 8), (4, 9))  # digits that share codes when these are short


def label_agreement(read: Tensor, truth: Tensor) -> float:
    """How often a class read off a picture is that of its original, 0 to 1.

    read: int64 [N], or [N, D] for D pictures of each original; truth: int64 [N].
    """
    at_least(1, len(truth), "test images")
    same = read.cpu() == truth.cpu().view(-1, *[1] * (read.dim() - 1))
    return float(same.double().mean())


def kin_confusions(read: Tensor, truth: Tensor) -> float:
    """Of the digits that are read as another one, the share that stays within its kin (Fig. 2d).

    read: int64 [N, D] for D pictures of each original; truth: int64 [N]. Spread evenly over the
    other digits it would be 8 / 90. Raises CannotMeasureError where nothing is confused.
    """
    family = torch.arange(10)
    for kin in KIN:
        family[list(kin)] = kin[0]
    read, truth = read.cpu(), truth.cpu().view(-1, 1)
    wrong = read != truth
    if not wrong.any():
        raise CannotMeasureError("no digit is read as another")
    return float((family[read] == family[truth])[wrong].double().mean())


def supervised_error(
    images: Tensor,
    labels: Tensor,
    test_images: Tensor,
    test_labels: Tensor,
    augment: float,
    seed: int,
    steps: int = 400,
    recoloured: float = 0.0,
) -> float:
    """Test error of a small network that learns from these n labels alone, 0 to 1.

    What a semi-supervised model has to beat: images uint8 [n, C, H, W], labels int64 [n]. Each
    image is turned, scaled, sheared and shifted anew in every batch with the strength `augment`,
    and recoloured with the strength `recoloured`.
    """
    at_least(1, len(images), "labelled images")
    at_least(1, len(test_images), "test images")
    classes = int(max(labels.max(), test_labels.max())) + 1
    shape = (images.shape[1], images.shape[2], images.shape[3])
    network = convolutional(shape, classes, seed).to(images.device)
    rng = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        index = torch.randint(len(images), (BATCH,), generator=rng).to(images.device)
        batch = moved(unit(images[index]), augment, rng)
        batch = recolour(batch, recoloured, rng)
        return functional.cross_entropy(network(batch), labels[index])

    train(network, loss, steps, RATE)
    guess = outputs_of(network, test_images).argmax(1).cpu()
    return float((guess != test_labels.cpu()).double().mean())
