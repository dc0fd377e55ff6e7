"""The implicit autoencoder (Section 2)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainer.data.batches import Batch
from trainer.models.base import Model, StepLosses
from trainer.networks.discriminators import Marginal
from trainer.networks.layers import Networks
from trainer.objectives.adversarial import autoencoding
from trainer.objectives.penalties import (
    Penalty,
    divergence,
    diversity_penalty,
    first_moment_penalty,
)
from trainer.objectives.schedule import Schedule


class IAE(Model):
    """Source: the data; target: the prior (Section 2). With other switches AAE and VAE."""

    def make_discriminators(self, networks: Networks) -> dict[str, nn.Module]:
        discriminators: dict[str, nn.Module] = {}
        if self.recipe.objective.reconstruction.kind == "adversarial":
            discriminators["reconstruction"] = networks.pair_discriminator()
        elif self.recipe.objective.reconstruction.kind == "marginal":
            discriminators["reconstruction"] = Marginal(networks.data_discriminator())
        if self.recipe.objective.regularisation.kind == "adversarial":
            discriminators["regularisation"] = networks.code_discriminator()
        return discriminators

    def step_losses(self, batch: Batch, now: Schedule, rng: torch.Generator) -> StepLosses:
        x, recipe = batch.data, self.recipe
        target = self.target(batch, rng)
        eps, n = self.eps.sample(len(x), rng), self.noise.sample(len(x), rng)
        penalties: list[Penalty] = []

        def forward(x: Tensor) -> Tensor:
            if recipe.objective.regularisation.kind == "divergence":
                mean, log_std = self.posterior(x)
                # Pixels count ten times their nats' mean: weigh the divergence alike.
                weight = 10 * recipe.objective.regularisation.weight / x[0].numel()
                penalties.append(Penalty("divergence", divergence(mean, log_std), weight))
                return mean + log_std.exp() * eps
            return self._blurred(self.encode(x, eps), rng)

        def inverse(z: Tensor) -> Tensor:
            return self.decode(z, n)

        games, codes, returned = autoencoding(
            x, target, forward, inverse, self.discriminators_at(now), self.game_maker(now, rng)
        )
        assert returned is not None
        penalties += self._distance_penalties(returned, x)
        penalties += self._label_penalties(batch, codes, rng)
        if recipe.objective.penalties.diversity_weight:
            others = self.encode(x, self.eps.sample(len(x), rng))
            apart = diversity_penalty(codes, others)
            penalties.append(
                Penalty("diversity penalty", apart, recipe.objective.penalties.diversity_weight)
            )
        if recipe.objective.penalties.first_moment and not now.warm:
            others = self.decode(codes, self.noise.sample(len(x), rng))
            apart = first_moment_penalty(returned, others, x)
            penalties.append(
                Penalty("first-moment penalty", apart, recipe.objective.penalties.first_moment)
            )
        return StepLosses(games, penalties, lambda: (x, returned))

    def _blurred(self, code: Tensor, rng: torch.Generator) -> Tensor:
        """A blurred code holds fewer bits, so that the noise is left something to say."""
        recipe = self.recipe
        blurs = recipe.model.code_blur and recipe.model.code and not recipe.categorical
        return code + recipe.model.code_blur * self.prior.sample(len(code), rng) if blurs else code

    def target(self, batch: Batch, rng: torch.Generator) -> Tensor:
        """What the codes are to be told from."""
        return self.prior.sample(len(batch), rng)
