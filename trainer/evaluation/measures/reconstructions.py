"""Measures of reconstructions and of samples, for models of images with a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from trainer.data.dataset import DataSet
from trainer.evaluation.formulas.compression import mean_image_mse, pca_mse
from trainer.evaluation.formulas.label_agreement import kin_confusions, label_agreement
from trainer.evaluation.formulas.sample_quality import frechet_distance, kernel_distance
from trainer.evaluation.measurable import CannotMeasureError, Figures, at_least, finite, some_of
from trainer.evaluation.reference_classifier import ReferenceClassifier
from trainer.evaluation.specs import MEASURES, MeasureSpec, Subject
from trainer.inference.noise_share import noise_share
from trainer.inference.snapshot import Snapshot
from trainer.recipe.recipe import Recipe

TEST_IMAGES = 10_000
SAMPLES = 2000  # that sample quality is measured by
DRAWS = 8
BATCH = 200
MOST_COMPONENTS = 256  # with more, the yardstick would take longer than the measures
NOTHING = 1e-10  # variance of pixels; less is rounding
QUALITY = ("frechet", "frechet_floor", "kernel", "kernel_floor")


@torch.inference_mode()
def evaluate_images(
    snapshot: Snapshot, data: DataSet, classifier: ReferenceClassifier | None, seed: int = 0
) -> dict[str, Any]:
    """Measures on up to 10,000 test images, 8 noise draws each, pixels in [0, 1].

    mse: mean squared error of a draw; pca_mse: of as many principal components as the code has
        numbers; mean_image_mse: of the mean image.
    label_agreement: how often the classifier reads the same class off a draw as off the original.
    kin_confusions: of the draws that are read as another digit, the share that stays within
        {3, 5, 8} or {4, 9}, which share codes in the paper; evenly spread it would be 0.09.
    diversity: standard deviation over the draws at a fixed code, the mean over pixels and images.
    noise_share: the part of the reconstructions' variance that noise makes; see `noise_share`.
    frechet, kernel: distances of up to 2,000 samples from as many test images in the classifier's
        features; the floors are those of other test images.
    """
    rng = torch.Generator().manual_seed(seed)
    figures, seen = Figures(), None
    test = some_of(data.test, TEST_IMAGES).images
    read = _of_labels(snapshot) if classifier is not None else ()
    with figures.measuring("mse", "diversity", "noise_share", *read):
        seen = _seen(snapshot, test, classifier, rng)
        figures["mse"] = round(seen.mse, 5)
    _yardsticks(figures, snapshot.recipe, data.train.images, test)
    if seen is not None:
        figures["diversity"] = round(seen.deviation, 4)
        with figures.measuring("noise_share"):
            figures["noise_share"] = round(seen.noise_share(), 4)
    if classifier is not None:
        if seen is not None:
            _labels(figures, snapshot, seen)
        figures["classifier_accuracy"] = round(classifier.accuracy, 4)
        with figures.measuring(*QUALITY):
            figures |= _quality(snapshot, data, classifier, rng)
    figures["images"] = len(test)
    return figures


@dataclass(frozen=True, eq=False)
class _Seen:
    """Of the draws: means over images and pixels, and what the classifier reads off them."""

    images: int
    mse: float
    deviation: float  # over the draws of an image
    within: float  # the variance over those
    of_means: float  # the variance over images of the means of their draws
    read: Tensor  # [N, 8]
    truth: Tensor  # [N], off the images themselves

    def noise_share(self) -> float:
        """Raises CannotMeasureError where there is nothing to divide."""
        at_least(2, self.images, "test images")
        if self.within + self.of_means < NOTHING:
            raise CannotMeasureError("the pictures are all the same, whatever the noise and image")
        return float(noise_share(self.within, self.of_means, DRAWS))


def _seen(
    snapshot: Snapshot, test: Tensor, classifier: ReferenceClassifier | None, rng: torch.Generator
) -> _Seen:
    count = len(test)
    at_least(1, count, "test images")
    mse = deviation = within = 0.0
    none = torch.empty(0, dtype=torch.int64)
    read, truth = [none.view(0, DRAWS)], [none]
    total = torch.zeros(2, *test.shape[1:], dtype=torch.float64)
    for rows in test.split(BATCH):
        x = (rows.float() / 255).to(snapshot.device)
        draws = finite(reconstructions(snapshot, x, rng), "pictures")
        mse += (draws - x).square().mean().item() * len(x)
        if classifier is not None:
            read.append(torch.stack([classifier.read(draw) for draw in draws], 1).cpu())
            truth.append(classifier.read(x).cpu())
        variance = draws.var(0)
        deviation += variance.sqrt().mean().item() * len(x)
        within += variance.mean().item() * len(x)
        means = draws.mean(0).cpu().double()  # Apple's GPUs have no double precision
        total += torch.stack([means.sum(0), means.square().sum(0)])
    mean, square = total / count
    of_means = (square - mean.square()).mean().item() * count / max(1, count - 1)
    parts = (mse / count, deviation / count, within / count)
    return _Seen(count, *parts, of_means, torch.cat(read), torch.cat(truth))


def _yardsticks(figures: Figures, recipe: Recipe, train: Tensor, test: Tensor) -> None:
    """What needs no model."""
    if recipe.model.code < MOST_COMPONENTS and not recipe.categorical:
        with figures.measuring("pca_mse"):
            figures["pca_mse"] = round(pca_mse(train, test, recipe.model.code), 5)
    with figures.measuring("mean_image_mse"):
        figures["mean_image_mse"] = round(mean_image_mse(train, test), 5)


def _of_labels(snapshot: Snapshot) -> tuple[str, ...]:
    """The figures of what the classifier reads off reconstructions."""
    digits = snapshot.recipe.data.name == "mnist"
    return ("label_agreement", "kin_confusions") if digits else ("label_agreement",)


def _labels(figures: Figures, snapshot: Snapshot, seen: _Seen) -> None:
    figures["label_agreement"] = round(label_agreement(seen.read, seen.truth), 4)
    if "kin_confusions" in _of_labels(snapshot):
        with figures.measuring("kin_confusions"):
            figures["kin_confusions"] = round(kin_confusions(seen.read, seen.truth), 3)


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
    at_least(4, len(rows), "test images")
    count = min(SAMPLES, len(rows) // 2)
    made = []
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        z, n = model.prior.sample(size, rng), model.noise.sample(size, rng)
        samples = finite(model.decode(z.to(device), n.to(device)), "samples")
        made.append(classifier.features(samples).cpu())

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


def _measured(subject: Subject) -> dict[str, Any]:
    unread, classifier = Figures(), None
    with unread.measuring(*_of_labels(subject.snapshot), "classifier_accuracy", *QUALITY):
        classifier = subject.classifier
    figures = Figures(evaluate_images(subject.snapshot, subject.data, classifier, subject.seed))
    figures.add(unread)
    return figures


MEASURES.register(
    MeasureSpec(
        "reconstructions",
        applies=lambda recipe, data: not recipe.two_dimensional and not recipe.translates,
        measure=_measured,
        order=0,
    )
)
