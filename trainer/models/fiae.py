"""The flipped implicit autoencoder (Section 4)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainer.data.batches import Batch
from trainer.models.base import Model, Round
from trainer.networks.discriminators import Flipped, Marginal
from trainer.networks.layers import Networks
from trainer.objectives.adversarial import autoencoding
from trainer.objectives.penalties import (
    Penalty,
    likelihood_error,
)


class FIAE(Model):
    """Source: the prior; target: the data (Section 4). With a likelihood it is InfoGAN."""

    def make_discriminators(self, networks: Networks) -> dict[str, nn.Module]:
        discriminators: dict[str, nn.Module] = {}
        if self.recipe.objective.reconstruction.kind == "adversarial":
            discriminators["reconstruction"] = Flipped(networks.pair_discriminator())
        elif self.recipe.objective.reconstruction.kind == "marginal":
            discriminators["reconstruction"] = Marginal(networks.code_discriminator())
        if self.recipe.objective.regularisation.kind == "adversarial":
            discriminators["regularisation"] = networks.data_discriminator()
        return discriminators

    def play(self, batch: Batch, rng: torch.Generator) -> Round:
        x, recipe = batch.data, self.recipe
        z = self.prior.sample(len(x), rng)
        eps, n = self.eps.sample(len(x), rng), self.noise.sample(len(x), rng)
        likelihood = recipe.objective.reconstruction.kind == "likelihood"

        def back(x: Tensor) -> Tensor:
            return self.encode(self._noised(x, rng), eps)

        games, imagined, returned = autoencoding(
            z,
            x,
            lambda z: self.decode(z, n),
            None if likelihood else back,  # InfoGAN asks for a density in place of a code
            self.discriminators,
            ends=("code", "data"),
        )
        penalties: list[Penalty] = []
        if likelihood:
            error = likelihood_error(z, *self.posterior(self._noised(imagined, rng)))
            penalties.append(
                Penalty("likelihood error", error, recipe.objective.reconstruction.weight)
            )
        elif returned is not None:
            penalties += self._distance_penalties(returned, z)
        if (
            recipe.objective.penalties.consistency
            or recipe.objective.penalties.balance
            or recipe.data.labels
        ):
            penalties += self._label_penalties(batch, self.encode(x, eps), rng)
        return Round(games, penalties, lambda: (x, self.decode(self.encode(x, eps), n)))

    def _noised(self, x: Tensor, rng: torch.Generator) -> Tensor:
        if not self.recipe.objective.reconstruction.input_noise:
            return x
        noise = torch.randn(x.shape, generator=rng, device=x.device)
        return x + self.recipe.objective.reconstruction.input_noise * noise
