"""A plain GAN, for comparison (Figure 5b)."""

from __future__ import annotations

import torch
from torch import nn

from trainer.data.batches import Batch
from trainer.models.base import Model, StepLosses
from trainer.networks.layers import Networks
from trainer.objectives.adversarial import autoencoding
from trainer.objectives.schedule import Schedule


class GAN(Model):
    """Source: the prior; target: the data; no way back (Figure 5b)."""

    def make_discriminators(self, networks: Networks) -> dict[str, nn.Module]:
        return {"regularisation": networks.data_discriminator()}

    def generators(self) -> dict[str, nn.Module]:
        return {"decoder": self.decoder}

    def step_losses(self, batch: Batch, now: Schedule, rng: torch.Generator) -> StepLosses:
        z, n = self.prior.sample(len(batch), rng), self.noise.sample(len(batch), rng)
        games, _, _ = autoencoding(
            z,
            batch.data,
            forward=lambda z: self.decode(z, n),
            inverse=None,
            discriminators=self.discriminators_at(now),
            make_game=self.game_maker(now, rng),
            ends=("code", "data"),
        )
        return StepLosses(games, [])
