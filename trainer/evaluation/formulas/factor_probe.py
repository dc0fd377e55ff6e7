"""A small network that reads known factors (slant, thickness, place, ...) off pictures."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from sklearn.metrics import r2_score
from torch import Tensor, nn
from torch.nn import functional

from trainer.data.progress import OnProgress, unheard
from trainer.evaluation.formulas.arrays import double
from trainer.evaluation.formulas.fitting import convolutional, outputs_of, train, unit
from trainer.evaluation.measurable import at_least

FEWEST = 16
BATCH = 50
RATE = 5e-3
HELD_OUT = 0.15  # of the images


@dataclass(frozen=True, eq=False)
class FactorProbe:
    """Reads F factors off images; in units of their deviation from their mean in training.

    mean, deviation: of the training factors, float32 [F]; a factor that never varied has
    deviation 1. held_out: R^2 of each factor on the images that were kept back, 0 to 1: readings
    of a factor below about 0.8 say more about the probe than about the picture.
    """

    network: nn.Module
    mean: Tensor
    deviation: Tensor
    held_out: tuple[float, ...]

    def read(self, images: Tensor) -> Tensor:
        """Standardised factors [N, F] of images [N, C, H, W] in [0, 1], on their device."""
        return outputs_of(self.network, images)

    @classmethod
    def fit(
        cls,
        images: Tensor,
        factors: Tensor,
        seed: int,
        steps: int = 1000,
        progress: OnProgress = unheard,
    ) -> FactorProbe:
        """Learn from images uint8 [N, C, H, W] and their factors [N, F], on the images' device.

        The mean squared error of the standardised factors; 15 % of the images are kept back.
        `progress(step, steps)` may raise. Raises CannotMeasureError for fewer than 16 images.
        """
        at_least(FEWEST, len(images), "training images")
        rng = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(images), generator=rng)
        kept, learned = order.tensor_split([max(2, round(HELD_OUT * len(images)))])
        device, factors = images.device, factors.to(images.device).float()
        deviation, mean = torch.std_mean(factors[learned.to(device)], 0)
        deviation = torch.where(deviation > 0, deviation, 1.0)
        truth = (factors - mean) / deviation
        shape = (images.shape[1], images.shape[2], images.shape[3])
        network = convolutional(shape, factors.shape[1], seed).to(device)

        def loss() -> Tensor:
            index = learned[torch.randint(len(learned), (BATCH,), generator=rng)].to(device)
            return functional.mse_loss(network(unit(images[index])), truth[index])

        train(network, loss, steps, RATE, progress)
        kept = kept.to(device)
        scores = r2_score(
            double(truth[kept]), double(outputs_of(network, images[kept])), multioutput="raw_values"
        )
        return cls(network, mean, deviation, tuple(float(max(score, 0.0)) for score in scores))
